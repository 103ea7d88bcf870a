/* Children within bounds, records of ZIP archives, signatures. */
#include "core/base/child.h"
#include "core/base/crypto.h"
#include "core/base/zip.h"
#include "tests/unit/check.h"

#include <stdint.h>

static const struct child_bounds small = {.cpu_seconds = 2, .wall_seconds = 3, .memory = UINT64_C(1) << 30, .file_bytes = 4096};

static void test_child(struct check *c)
{
    struct buf out;
    struct fault fault = {0};
    buf_init(&out, 1000);
    CHECK(c, child_run((const char *const[]){"sh", "-c", "echo hi; pwd; echo $LC_ALL", NULL}, "/tmp", &small, &out, &fault) == OK);
    CHECK_TEXT(c, buf_text(&out), "hi\n/tmp\nC.UTF-8\n");
    CHECK(c, child_run((const char *const[]){"sh", "-c", "echo one >&2; echo why >&2; exit 3", NULL}, "/tmp", &small, NULL, &fault) == ERR_INPUT);
    CHECK_TEXT(c, fault.text, "sh: why (exit 3)");
    CHECK(c, child_run((const char *const[]){"no-such-program-here", NULL}, "/tmp", &small, NULL, &fault) == ERR_NOT_FOUND);
    CHECK(c, !child_is_installed("no-such-program-here") && child_is_installed("sh"));
    buf_clear(&out);
    CHECK(c, child_run((const char *const[]){"sh", "-c", "while :; do echo 0123456789; done", NULL}, "/tmp", &small, &out, &fault) == ERR_LIMIT);
    CHECK(c, child_run((const char *const[]){"sh", "-c", "sleep 60 & wait", NULL}, "/tmp", &small, &out, &fault) == ERR_LIMIT);
    CHECK(c, child_run((const char *const[]){"sh", "-c", "while :; do :; done", NULL}, "/tmp",
                       &(struct child_bounds){.cpu_seconds = 1, .wall_seconds = 20, .file_bytes = 4096}, NULL, &fault) == ERR_LIMIT);
    CHECK(c, child_run((const char *const[]){"sh", "-c", "exec dd if=/dev/zero of=/tmp/plenum-child-test bs=1k count=64 2>/dev/null; exit 0", NULL}, "/tmp", &small, NULL,
                       &fault) == ERR_LIMIT);
    CHECK(c, child_run((const char *const[]){"rm", "-f", "/tmp/plenum-child-test", NULL}, "/tmp", &small, NULL, &fault) == OK);
    buf_release(&out);
}

static void check_lengths(struct check *c, const struct zip_entry *entry)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    zip_local_header(entry, &out);
    CHECK(c, out.length == zip_local_length(entry) && out.length <= ZIP_HEADER_MOST);
    buf_clear(&out);
    zip_central_header(entry, &out);
    CHECK(c, out.length == zip_central_length(entry) && out.length <= ZIP_HEADER_MOST);
    buf_release(&out);
}

static void test_zip(struct check *c)
{
    struct buf out;
    CHECK(c, zip_crc32(0, "123456789", 9) == 0xcbf43926u); /* the check value of CRC-32 */
    CHECK(c, zip_crc32(zip_crc32(0, "1234", 4), "56789", 5) == 0xcbf43926u);
    check_lengths(c, &(struct zip_entry){.name = "a", .size = 1});
    check_lengths(c, &(struct zip_entry){.name = "Khai mạc/một.pdf", .size = UINT64_C(0xffffffff), .offset = 7});
    check_lengths(c, &(struct zip_entry){.name = "b", .size = 5, .offset = UINT64_C(0x100000000)});
    check_lengths(c, &(struct zip_entry){.name = "c", .size = UINT64_C(1) << 40, .offset = UINT64_C(1) << 41});
    static const uint64_t ends[][3] = {{3, 100, 200}, {65535, 100, 200}, {3, UINT64_C(0xffffffff), 200}, {3, 1, UINT64_C(0xffffffff)}};
    for (size_t i = 0; i < 4; i++) {
        buf_init(&out, BUF_LIMIT_LINE);
        zip_end(ends[i][0], ends[i][1], ends[i][2], &out);
        CHECK(c, out.length == zip_end_length(ends[i][0], ends[i][1], ends[i][2]));
        CHECK(c, out.length == (i ? 98 : 22));
        buf_release(&out);
    }
}

static void test_signature(struct check *c)
{
    uint8_t public_key[CRYPTO_PUBLIC_BYTES], secret[CRYPTO_SECRET_BYTES], signature[CRYPTO_SIGNATURE_BYTES], again[CRYPTO_SIGNATURE_BYTES];
    crypto_signature_key(public_key, secret);
    crypto_signature_make(secret, "words", 5, signature);
    crypto_signature_make(secret, "words", 5, again);
    CHECK(c, memcmp(signature, again, sizeof again) == 0);
    CHECK(c, crypto_signature_check(public_key, "words", 5, signature));
    CHECK(c, !crypto_signature_check(public_key, "wordS", 5, signature));
    signature[63] ^= 1;
    CHECK(c, !crypto_signature_check(public_key, "words", 5, signature));
    crypto_forget(secret, sizeof secret);
    CHECK(c, secret[0] == 0 && secret[63] == 0);
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, crypto_init() == OK);
    test_child(&c);
    test_zip(&c);
    test_signature(&c);
    return check_done(&c, "base child, zip, signature");
}
