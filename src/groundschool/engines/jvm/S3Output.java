package groundschool;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An object being written: one request when it is small, else an upload in parts. It is there once it is closed, and as a whole. */
final class S3Output extends OutputStream {
    private static final int FIRST = 1 << 16; // bytes of room for a small object

    private final S3Bucket bucket;
    private final String key;
    private final int partSize;
    private byte[] part = new byte[FIRST];
    private final List<String> tags = new ArrayList<>();
    private String upload;
    private int filled;
    private boolean closed;

    S3Output(S3Bucket bucket, String key, int partSize) {
        this.bucket = bucket;
        this.key = key;
        this.partSize = partSize;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        while (length > 0) {
            if (filled == partSize) {
                send();
            } else if (filled == part.length) {
                part = Arrays.copyOf(part, Math.min(partSize, 2 * part.length));
            }
            int count = Math.min(length, part.length - filled);
            System.arraycopy(bytes, offset, part, filled, count);
            filled += count;
            offset += count;
            length -= count;
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (upload == null) {
            bucket.put(key, part, filled);
            return;
        }
        send();
        try {
            bucket.complete(key, upload, tags);
        } catch (IOException error) {
            giveUp(error);
        }
    }

    private void send() throws IOException {
        if (upload == null) {
            upload = bucket.begin(key);
        }
        try {
            tags.add(bucket.part(key, upload, tags.size() + 1, part, filled));
            filled = 0;
        } catch (IOException error) {
            closed = true;
            giveUp(error);
        }
    }

    private void giveUp(IOException error) throws IOException {
        try {
            bucket.abort(key, upload);
        } catch (IOException other) {
            error.addSuppressed(other);
        }
        throw error;
    }
}
