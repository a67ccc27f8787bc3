package groundschool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A bucket of the lab as a file system of Hadoop's, so that Spark opens s3a:// and s3:// as at work. The settings have S3A's
 * names; what S3A does beyond them (committers, encryption, delegation tokens) is not here. As on S3, a rename is a copy and a
 * deletion for each object, and a folder is a beginning of keys, or an empty object whose key ends with a slash.
 */
public final class S3FileSystem extends FileSystem {
    private static final long BLOCK = 32L << 20; // how Spark splits what it reads

    private URI uri;
    private Path workingDirectory;
    private S3Bucket bucket;
    private int partSize;

    @Override
    public void initialize(URI name, Configuration settings) throws IOException {
        super.initialize(name, settings);
        setConf(settings);
        if (name.getHost() == null) {
            throw new IOException(name + " names no bucket: s3a://bucket/key was expected, without credentials.");
        }
        uri = URI.create(name.getScheme() + "://" + name.getHost());
        workingDirectory = new Path(uri + "/");
        bucket = new S3Bucket(uri, Credentials.of(settings), settings);
        partSize = (int) settings.getLongBytes("fs.s3a.multipart.size", 8 << 20);
    }

    @Override
    public URI getUri() {
        return uri;
    }

    @Override
    public Path getWorkingDirectory() {
        return workingDirectory;
    }

    @Override
    public void setWorkingDirectory(Path path) {
        workingDirectory = makeQualified(path);
    }

    /** No tokens are asked for: what reads and writes has the credentials of the settings. */
    @Override
    public String getCanonicalServiceName() {
        return null;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        String key = key(path);
        AccessDeniedException denied = null;
        try {
            S3Bucket.Entry entry = key.isEmpty() ? null : bucket.head(key);
            if (entry != null) {
                return file(entry);
            }
        } catch (AccessDeniedException error) {
            denied = error; // a policy for "folder/*" does not speak of the key "folder"
        }
        if (key.isEmpty() || !bucket.list(folder(key), true, 1).isEmpty()) {
            return directory(path);
        }
        if (denied != null) {
            throw denied;
        }
        throw new FileNotFoundException("No such file or directory: " + makeQualified(path));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        FileStatus status = getFileStatus(path);
        if (status.isFile()) {
            return new FileStatus[] {status};
        }
        String prefix = folder(key(path));
        List<FileStatus> found = new ArrayList<>();
        for (S3Bucket.Entry entry : bucket.list(prefix, true, 0)) {
            if (entry.isPrefix()) {
                found.add(directory(at(entry.key().substring(0, entry.key().length() - 1))));
            } else if (!entry.key().equals(prefix)) {
                found.add(file(entry));
            }
        }
        return found.toArray(new FileStatus[0]);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        FileStatus status = getFileStatus(path);
        if (status.isDirectory()) {
            throw new FileNotFoundException(makeQualified(path) + " is a directory");
        }
        return new FSDataInputStream(new S3Input(bucket, key(path), status.getLen()));
    }

    @Override
    public FSDataOutputStream create(
            Path path, FsPermission permission, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        if (!overwrite && bucket.head(key(path)) != null) {
            throw new FileAlreadyExistsException(makeQualified(path) + " already exists");
        }
        return new FSDataOutputStream(new S3Output(bucket, key(path), partSize), statistics);
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
        throw new UnsupportedOperationException("Append is not supported: an object of S3 is written as a whole.");
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        String key = key(path);
        if (!key.isEmpty() && bucket.head(key) != null) {
            throw new FileAlreadyExistsException(makeQualified(path) + " is a file");
        }
        if (!key.isEmpty()) {
            bucket.put(folder(key), new byte[0], 0);
        }
        return true;
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        String key = key(path);
        if (!key.isEmpty() && bucket.head(key) != null) {
            bucket.delete(key);
            return true;
        }
        List<S3Bucket.Entry> below = bucket.list(folder(key), false, 0);
        if (!recursive && below.stream().anyMatch(entry -> !entry.key().equals(folder(key)))) {
            throw new PathIsNotEmptyDirectoryException(makeQualified(path).toString());
        }
        for (S3Bucket.Entry entry : below) {
            bucket.delete(entry.key());
        }
        return !below.isEmpty();
    }

    @Override
    public boolean rename(Path source, Path target) throws IOException {
        FileStatus from;
        try {
            from = getFileStatus(source);
        } catch (FileNotFoundException missing) {
            return false;
        }
        String to = key(isFolder(target) ? new Path(target, source.getName()) : target);
        Map<String, String> moves = new LinkedHashMap<>();
        if (from.isFile()) {
            moves.put(key(source), to);
        } else {
            String prefix = folder(key(source));
            for (S3Bucket.Entry entry : bucket.list(prefix, false, 0)) {
                moves.put(entry.key(), folder(to) + entry.key().substring(prefix.length()));
            }
        }
        for (Map.Entry<String, String> move : moves.entrySet()) {
            bucket.copy(move.getKey(), move.getValue());
            bucket.delete(move.getKey());
        }
        return true;
    }

    private boolean isFolder(Path path) throws IOException {
        try {
            return getFileStatus(path).isDirectory();
        } catch (FileNotFoundException missing) {
            return false;
        }
    }

    private String key(Path path) {
        return makeQualified(path).toUri().getPath().substring(1);
    }

    private static String folder(String key) {
        return key.isEmpty() || key.endsWith("/") ? key : key + "/";
    }

    private Path at(String key) {
        return new Path(uri.getScheme(), uri.getAuthority(), "/" + key);
    }

    private FileStatus file(S3Bucket.Entry entry) {
        return new FileStatus(entry.size(), false, 1, BLOCK, entry.modified(), at(entry.key()));
    }

    private FileStatus directory(Path path) {
        return new FileStatus(0, true, 1, 0, 0, makeQualified(path));
    }
}
