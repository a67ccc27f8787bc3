package groundschool;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSInputStream;

/** An object being read: one request from each place that is sought, read on as long as the reader goes on. */
final class S3Input extends FSInputStream {
    private final S3Bucket bucket;
    private final String key;
    private final long size;
    private InputStream body;
    private long place; // of the next byte that the reader gets
    private long arrived; // of the next byte of the body

    S3Input(S3Bucket bucket, String key, long size) {
        this.bucket = bucket;
        this.key = key;
        this.size = size;
    }

    @Override
    public long getPos() {
        return place;
    }

    @Override
    public void seek(long target) throws IOException {
        if (target < 0 || target > size) {
            throw new EOFException("There is no byte " + target + " in " + key + ", which has " + size + ".");
        }
        place = target;
    }

    @Override
    public boolean seekToNewSource(long target) {
        return false;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] room, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (place >= size) {
            return -1;
        }
        if (body == null || arrived != place) {
            close();
            body = bucket.read(key, place);
            arrived = place;
        }
        int count = body.read(room, offset, length);
        if (count < 0) {
            throw new EOFException(key + " ended at byte " + place + " of " + size + ".");
        }
        place += count;
        arrived += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        if (body != null) {
            body.close();
            body = null;
        }
    }
}
