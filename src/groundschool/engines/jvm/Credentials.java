package groundschool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.SortedMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hadoop.conf.Configuration;

/** An access key, and how a request is signed with it: AWS's signature of version 4. `token` is null but for a role's session. */
record Credentials(String id, String secret, String token, String region) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Those of the settings; where they name none, those of the environment, as AWS's own clients take them. */
    static Credentials of(Configuration settings) throws IOException {
        String id = settings.get("fs.s3a.access.key");
        boolean set = id != null && !id.isEmpty();
        id = set ? id : System.getenv("AWS_ACCESS_KEY_ID");
        String secret = set ? settings.get("fs.s3a.secret.key") : System.getenv("AWS_SECRET_ACCESS_KEY");
        String token = set ? settings.get("fs.s3a.session.token") : System.getenv("AWS_SESSION_TOKEN");
        if (id == null || secret == null) {
            throw new IOException("No AWS credentials: fs.s3a.access.key and fs.s3a.secret.key are not set, and the environment has none.");
        }
        return new Credentials(id, secret, token == null || token.isEmpty() ? null : token, settings.get("fs.s3a.endpoint.region", "us-east-1"));
    }

    /** Adds what signs a request to its headers, whose names are in lower case; the body is not part of what is signed. */
    void sign(String method, String path, String query, SortedMap<String, String> headers) throws IOException {
        String time = TIME.format(Instant.now());
        String scope = time.substring(0, 8) + "/" + region + "/s3/aws4_request";
        headers.put("x-amz-date", time);
        headers.put("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        if (token != null) {
            headers.put("x-amz-security-token", token);
        }
        String names = String.join(";", headers.keySet());
        StringBuilder lines = new StringBuilder();
        headers.forEach((name, value) -> lines.append(name).append(':').append(value).append('\n'));
        String request = String.join("\n", method, path, query, lines, names, "UNSIGNED-PAYLOAD");
        try {
            String digest = hex(MessageDigest.getInstance("SHA-256").digest(request.getBytes(StandardCharsets.UTF_8)));
            byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
            for (String step : scope.split("/")) {
                key = hmac(key, step);
            }
            String signature = hex(hmac(key, String.join("\n", "AWS4-HMAC-SHA256", time, scope, digest)));
            headers.put("authorization", "AWS4-HMAC-SHA256 Credential=" + id + "/" + scope + ", SignedHeaders=" + names + ", Signature=" + signature);
        } catch (GeneralSecurityException error) {
            throw new IOException(error);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
