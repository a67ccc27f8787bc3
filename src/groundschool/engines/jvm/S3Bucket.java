package groundschool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.hadoop.conf.Configuration;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What one bucket is asked over HTTP. A request that did not get through, or that the service could not serve just then, is repeated
 * with longer and longer pauses, under one id; a missing key is FileNotFoundException, a denied request AccessDeniedException.
 */
final class S3Bucket {
    /** An object, or a common beginning of several keys: then its size is -1. */
    record Entry(String key, long size, long modified) {
        boolean isPrefix() {
            return size < 0;
        }
    }

    private static final int LONGEST_PAGE = 1000;
    private static final int TIMEOUT = 30_000; // milliseconds
    private static final long PAUSE = 100; // milliseconds before the first repetition

    private final URI uri;
    private final Credentials credentials;
    private final URI endpoint;
    private final int attempts;

    S3Bucket(URI uri, Credentials credentials, Configuration settings) throws IOException {
        String address = settings.get("fs.s3a.endpoint", System.getenv("AWS_ENDPOINT_URL"));
        if (address == null || address.isEmpty()) {
            throw new IOException("No endpoint for " + uri + ": fs.s3a.endpoint is not set. `lab.start()` begins the lab, before Spark starts.");
        }
        this.uri = uri;
        this.credentials = credentials;
        this.endpoint = URI.create(address.contains("://") ? address : "http://" + address);
        this.attempts = settings.getInt("fs.s3a.attempts.maximum", 4);
    }

    /** The object of a key; null when there is none. */
    Entry head(String key) throws IOException {
        try {
            HttpURLConnection reply = ask("HEAD", key, Map.of(), Map.of(), null, 0);
            return new Entry(key, reply.getContentLengthLong(), reply.getLastModified());
        } catch (FileNotFoundException missing) {
            return null;
        }
    }

    /** Objects by the beginning of their keys, with `folded` only down to the next slash; `most` of them, or all for 0. */
    List<Entry> list(String prefix, boolean folded, int most) throws IOException {
        List<Entry> found = new ArrayList<>();
        String next = "";
        do {
            Map<String, String> query = new TreeMap<>(Map.of("list-type", "2", "prefix", prefix));
            query.put("max-keys", String.valueOf(most > 0 ? most : LONGEST_PAGE));
            if (folded) {
                query.put("delimiter", "/");
            }
            if (!next.isEmpty()) {
                query.put("continuation-token", next);
            }
            Document page = xml(ask("GET", null, query, Map.of(), null, 0));
            for (Element each : elements(page, "Contents")) {
                found.add(new Entry(text(each, "Key"), Long.parseLong(text(each, "Size")), Instant.parse(text(each, "LastModified")).toEpochMilli()));
            }
            for (Element each : elements(page, "CommonPrefixes")) {
                found.add(new Entry(text(each, "Prefix"), -1, 0));
            }
            next = text(page.getDocumentElement(), "NextContinuationToken");
        } while (!next.isEmpty() && most == 0);
        return found;
    }

    /** The bytes of an object from `start` on. The caller closes the stream. */
    InputStream read(String key, long start) throws IOException {
        return ask("GET", key, Map.of(), start == 0 ? Map.of() : Map.of("range", "bytes=" + start + "-"), null, 0).getInputStream();
    }

    void put(String key, byte[] body, int size) throws IOException {
        finish(ask("PUT", key, Map.of(), Map.of(), body, size));
    }

    void copy(String from, String to) throws IOException {
        finish(ask("PUT", to, Map.of(), Map.of("x-amz-copy-source", path(from)), null, 0));
    }

    void delete(String key) throws IOException {
        finish(ask("DELETE", key, Map.of(), Map.of(), null, 0));
    }

    /** Begins an upload in parts; its id. */
    String begin(String key) throws IOException {
        return text(xml(ask("POST", key, Map.of("uploads", ""), Map.of(), null, 0)).getDocumentElement(), "UploadId");
    }

    /** Sends a part; its ETag. */
    String part(String key, String upload, int number, byte[] body, int size) throws IOException {
        Map<String, String> query = Map.of("partNumber", String.valueOf(number), "uploadId", upload);
        HttpURLConnection reply = ask("PUT", key, query, Map.of(), body, size);
        finish(reply);
        return reply.getHeaderField("ETag");
    }

    void complete(String key, String upload, List<String> tags) throws IOException {
        StringBuilder listed = new StringBuilder("<CompleteMultipartUpload>");
        for (int number = 1; number <= tags.size(); number++) {
            listed.append("<Part><PartNumber>").append(number).append("</PartNumber><ETag>").append(tags.get(number - 1)).append("</ETag></Part>");
        }
        byte[] body = listed.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.UTF_8);
        finish(ask("POST", key, Map.of("uploadId", upload), Map.of(), body, body.length));
    }

    void abort(String key, String upload) throws IOException {
        finish(ask("DELETE", key, Map.of("uploadId", upload), Map.of(), null, 0));
    }

    private HttpURLConnection ask(String method, String key, Map<String, String> query, Map<String, String> headers, byte[] body, int size)
            throws IOException {
        String call = UUID.randomUUID().toString();
        for (int attempt = 1; ; attempt++) {
            try {
                HttpURLConnection reply = send(method, key, query, headers, body, size, call);
                if (reply.getResponseCode() < 400) {
                    return reply;
                }
                if (reply.getResponseCode() < 500 || attempt >= attempts) {
                    throw refusal(method, key, reply);
                }
                drop(reply);
            } catch (java.net.SocketException | java.net.SocketTimeoutException lost) {
                if (attempt >= attempts) {
                    throw lost;
                }
            }
            try {
                Thread.sleep(PAUSE << attempt - 1);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException();
            }
        }
    }

    private HttpURLConnection send(
            String method, String key, Map<String, String> query, Map<String, String> headers, byte[] body, int size, String call) throws IOException {
        String path = path(key);
        StringBuilder text = new StringBuilder();
        new TreeMap<>(query).forEach((name, value) -> text.append(text.isEmpty() ? "" : "&").append(encoded(name)).append('=').append(encoded(value)));
        SortedMap<String, String> signed = new TreeMap<>(headers);
        signed.put("host", endpoint.getAuthority());
        signed.put("amz-sdk-invocation-id", call);
        credentials.sign(method, path, text.toString(), signed);
        HttpURLConnection asked = (HttpURLConnection) URI.create(endpoint.getScheme() + "://" + endpoint.getAuthority() + path + (text.isEmpty() ? "" : "?" + text))
                .toURL().openConnection(java.net.Proxy.NO_PROXY);
        asked.setRequestMethod(method);
        asked.setConnectTimeout(TIMEOUT);
        asked.setReadTimeout(TIMEOUT);
        asked.setInstanceFollowRedirects(false);
        signed.remove("host"); // the connection says it itself
        signed.forEach(asked::setRequestProperty);
        if (method.equals("PUT") || method.equals("POST")) {
            asked.setRequestProperty("content-type", "application/octet-stream");
            asked.setDoOutput(true);
            asked.setFixedLengthStreamingMode(size);
            try (var out = asked.getOutputStream()) {
                out.write(body == null ? new byte[0] : body, 0, size);
            }
        }
        return asked;
    }

    private IOException refusal(String method, String key, HttpURLConnection reply) throws IOException {
        String where = uri + "/" + (key == null ? "" : key);
        String code = String.valueOf(reply.getResponseCode());
        String words = reply.getResponseMessage();
        InputStream said = reply.getErrorStream();
        if (said != null && !method.equals("HEAD")) {
            Document error = xml(said);
            code = text(error.getDocumentElement(), "Code");
            words = text(error.getDocumentElement(), "Message");
        }
        String told = method + " " + where + ": " + code + ": " + words;
        return switch (reply.getResponseCode()) {
            case 403 -> new AccessDeniedException(where, null, told);
            case 404 -> new FileNotFoundException(told);
            default -> new IOException(told);
        };
    }

    private String path(String key) {
        StringBuilder path = new StringBuilder("/").append(uri.getAuthority());
        if (key != null) {
            for (String step : key.split("/", -1)) {
                path.append('/').append(encoded(step));
            }
        }
        return path.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    /** Reads a reply to its end, so that its connection can be used again. A copy and a completion may fail behind a status of 200. */
    private static void finish(HttpURLConnection reply) throws IOException {
        try (InputStream body = reply.getInputStream()) {
            String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            if (text.contains("<Error>")) {
                throw new IOException(text);
            }
        }
    }

    private static void drop(HttpURLConnection reply) throws IOException {
        try (InputStream body = reply.getErrorStream()) {
            if (body != null) {
                body.readAllBytes();
            }
        }
    }

    private static Document xml(HttpURLConnection reply) throws IOException {
        return xml(reply.getInputStream());
    }

    private static Document xml(InputStream body) throws IOException {
        try (body) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(body);
        } catch (ParserConfigurationException | SAXException error) {
            throw new IOException("The reply is not XML: " + error.getMessage());
        }
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        List<Element> found = new ArrayList<>();
        for (int place = 0; place < nodes.getLength(); place++) {
            found.add((Element) nodes.item(place));
        }
        return found;
    }

    private static String text(Element element, String name) {
        NodeList nodes = element.getElementsByTagName(name);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent();
    }
}
