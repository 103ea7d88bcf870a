#include "core/base/crypto.h"
#include "core/base/id.h"
#include "tests/unit/check.h"

int main(void)
{
    struct check c = {0};
    CHECK(&c, crypto_init() == OK);
    struct id_source source = {0};
    int64_t last = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t id = id_next(&source);
        if (id <= last) CHECK(&c, !"ids grow");
        last = id;
    }
    char uuid[ID_UUID_SIZE], token[ID_TOKEN_SIZE], read[ID_TOKEN_SIZE];
    id_uuid7(uuid);
    CHECK(&c, id_is_uuid(uuid) && uuid[14] == '7');
    CHECK(&c, !id_is_uuid("018f0000-0000-7000-8000-00000000000"));
    CHECK(&c, !id_is_uuid("018f0000x0000-7000-8000-000000000000"));
    int64_t made_ms = 0;
    CHECK(&c, id_uuid7_time("017F22E2-79B0-7cc3-98c4-dc0c0c07398f", &made_ms) && made_ms == INT64_C(1645557742000)); /* the example of RFC 9562 A.6 */
    CHECK(&c, !id_uuid7_time("017f22e2-79b0-4cc3-98c4-dc0c0c07398f", &made_ms) && !id_uuid7_time("017f22e2", &made_ms) && made_ms == INT64_C(1645557742000));
    id_token_make(token);
    CHECK(&c, strlen(token) == 16 && id_token_read(token, read) && strcmp(token, read) == 0);
    CHECK(&c, id_token_read("abcd-efgh-jkmn-pqrs", read));
    CHECK_TEXT(&c, read, "ABCDEFGHJKMNPQRS");
    CHECK(&c, id_token_read("il0o000000000000", read));
    CHECK_TEXT(&c, read, "1100000000000000");
    CHECK(&c, !id_token_read("UBCDEFGHJKMNPQRS", read));
    CHECK(&c, !id_token_read("ABCDEFGHJKMNPQR", read));
    CHECK(&c, !id_token_read("ABCDEFGHJKMNPQRST", read));
    CHECK(&c, id_token_from_scan("http://10.0.0.1:8080/D/ABCDEFGHJKMNPQRS", read));
    CHECK(&c, id_token_from_scan("HTTPS://any.host/d/abcdefghjkmnpqrs?x=1", read));
    CHECK(&c, id_token_from_scan("http://[fe80::1]:80/d/abcdefghjkmnpqrs/", read));
    CHECK(&c, id_token_from_scan("  ABCDEFGHJKMNPQRS\r\n", read));
    CHECK(&c, !id_token_from_scan("ftp://any.host/d/abcdefghjkmnpqrs", read));
    CHECK(&c, !id_token_from_scan("http://any.host/x/abcdefghjkmnpqrs", read));
    CHECK(&c, !id_token_from_scan("http:///d/abcdefghjkmnpqrs", read));
    CHECK(&c, !id_token_from_scan("WIFI:T:WPA;S:x;P:y;;", read));
    CHECK(&c, !id_token_from_scan("", read));
    return check_done(&c, "base/id");
}
