/* Papers: secrecy stamps, names, kinds, Markdown, manifests, archives. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "docs-bundle/bundle.h"
#include "docs-bundle/extract.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void test_stamps_on_pages(struct check *c, struct arena *arena)
{
    static const struct {
        const char *text, *stamp;
    } cases[] = {
        {"MẬT\nBÁO CÁO", "MẬT"},
        {"Số: 5-BC/TU\n\n  TỐI MẬT  \n", "TỐI MẬT"},
        {"ĐẢNG BỘ TỈNH                    TUYỆT MẬT\n", "TUYỆT MẬT"},
        {"[ MẬT ]", "MẬT"},
        {"--- M Ậ T ---", "MẬT"},
        {"T U Y Ệ T   M Ậ T", "TUYỆT MẬT"}, /* the whole line */
        {"Số 5   T U Y Ệ T   M Ậ T", "MẬT"}, /* three blanks part the words */
        {"T U Y Ệ T  M Ậ T", "TUYỆT MẬT"},
        {"Độ mật: Tối mật", "TỐI MẬT"},
        {"ĐỘ MẬT: MẬT", "MẬT"},
        {"MA\xcc\xa3\xcc\x82T", "MẬT"}, /* decomposed */
        {"mËt", "MẬT"},                 /* TCVN3 */
        {"TOÁI MAÄT", "TỐI MẬT"},       /* VNI */
        {"giữ bí mật nhà nước", NULL},
        {"QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC", NULL},
        {"QUY CHẾ BẢO VỆ BÍ\nMẬT\n", NULL}, /* a heading that was broken */
        {"mật độ dân số\nmật", NULL},
        {"a\nTối  Mật\nb", "TỐI MẬT"}, /* a line of nothing else, however it is set */
        {"tối mật", "TỐI MẬT"},
        {"a\n \tTuyệt         mật  \nb", "TUYỆT MẬT"},
        {"tUYỆT\xc2\xa0\xe2\x80\x83MẬT", "TUYỆT MẬT"},
        {"[ Tối mật ]", "TỐI MẬT"},
        {"Tèi mËt", "TỐI MẬT"},
        {"Toái maät", "TỐI MẬT"},
        {"Mật", "MẬT"},
        {"a\n  Mật \nb", "MẬT"},
        {"a\nMẬT\nb", "MẬT"},
        {"a\nMật\nb\nTối mật", "TỐI MẬT"}, /* the stricter one */
        {"mật\n- mật", NULL},
        {"Bảo vệ bí \nMật", NULL},
        {"tài liệu được xếp loại\ntối mật.", NULL}, /* the end of a sentence */
        {"tài liệu tối mật", NULL},
        {"Tài liệu tuyệt mật\ncủa ban", NULL},
        {"Tối Mặt\nTôi mất\nMặt\nMất\nMát", NULL},
        {"mật khẩu\nMật khẩu\nbảo mật\nBảo mật\nbí mật\nBí mật", NULL},
        {"nhập mật khẩu, giữ bảo mật và bí mật", NULL},
        {"MẬT KHẨU", NULL},
        {"ĐỘ BẢO MẬT: CAO", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = docs_secrecy_in_text(arena, cases[i].text, false);
        bool good = got && cases[i].stamp ? strcmp(got, cases[i].stamp) == 0 : got == cases[i].stamp;
        if (!CHECK(c, good)) printf("# \"%s\": %s\n", cases[i].text, got ? got : "none");
    }
    CHECK_TEXT(c, docs_secrecy_in_text(arena, "TUYET MAT\nBao cao", true), "TUYỆT MẬT");
    CHECK(c, !docs_secrecy_in_text(arena, "TUYET MAT\nBao cao", false) && !docs_secrecy_in_text(arena, "mat", true));
}

static void test_stamps_in_names(struct check *c, struct arena *arena)
{
    static const struct {
        const char *name, *stamp;
    } cases[] = {
        {"Báo cáo (MẬT).pdf", "MẬT"},       {"MẬT - Phương án.pdf", "MẬT"},      {"01 MẬT/1.pdf", "MẬT"},          {"Tối mật_phương án.pdf", "TỐI MẬT"},
        {"Phương án TỐI MẬT.pdf", "TỐI MẬT"}, {"Phương án MẬT lần 2.pdf", "MẬT"}, {"TUYET MAT - x.pdf", "TUYỆT MẬT"}, {"Phương án Tuyệt mật/a.pdf", NULL},
        {"Bảo vệ bí mật nhà nước.pdf", NULL}, {"BÍ MẬT NHÀ NƯỚC.pdf", NULL},      {"Mật độ.pdf", NULL},              {"Luật BÍ MẬT nhà nước.pdf", NULL},
        {"Quy trình MẬT ĐỘ cao.pdf", NULL},  {"mat-bang.pdf", NULL},              {"Format mat.pdf", NULL},          {"Tuyệt mật.pdf", "TUYỆT MẬT"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = docs_secrecy_in_name(arena, cases[i].name);
        bool good = got && cases[i].stamp ? strcmp(got, cases[i].stamp) == 0 : got == cases[i].stamp;
        if (!CHECK(c, good)) printf("# \"%s\": %s\n", cases[i].name, got ? got : "none");
    }
}

static void test_names(struct check *c, struct arena *arena)
{
    static const struct {
        const char *name, *session, *title, *code;
    } cases[] = {
        {"01 Khai mạc/02. Báo cáo chính trị.pdf", "Khai mạc", "Báo cáo chính trị", "khai-mac.bao-cao-chinh-tri"},
        {"So_tay_dai_bieu.pdf", NULL, "So tay dai bieu", "so-tay-dai-bieu"},
        {"03-bao-cao-tai-chinh.pdf", NULL, "bao cao tai chinh", "bao-cao-tai-chinh"},
        {"12-BC-BCH.pdf", NULL, "12-BC-BCH", "12-bc-bch"},
        {"2026 Kế hoạch.pdf", NULL, "2026 Kế hoạch", "2026-ke-hoach"},
        {"(3) Đề án.pdf", NULL, "Đề án", "de-an"},
        {"1.2 Phụ lục.v2.pdf", NULL, "Phụ lục.v2", "phu-luc-v2"},
        {"7.pdf", NULL, "7", "7"},
        {"02 Chiều/Phụ lục/01. Biểu.xlsx", "Chiều", "Phụ lục: Biểu", "chieu.phu-luc-bieu"},
        {"a/b/c/d.pdf", "a", "b: c: d", "a.b-c-d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct paper_name name;
        if (!CHECK(c, paper_name_read(arena, cases[i].name, &name) == OK)) continue;
        CHECK_TEXT(c, name.session, cases[i].session);
        CHECK_TEXT(c, name.title, cases[i].title);
        CHECK_TEXT(c, name.code, cases[i].code);
    }
    CHECK(c, paper_name_compare("2. b.pdf", "10. a.pdf") < 0 && paper_name_compare("a.pdf", "1/a.pdf") < 0 && paper_name_compare("01 a/9.pdf", "1 b/1.pdf") < 0);
    const char *arabic = paper_name_code(arena, NULL, "تقرير"), *other = paper_name_code(arena, NULL, "برنامج");
    CHECK(c, arabic && other && strlen(arabic) == 8 && strcmp(arabic, other) != 0);
    const char *one = paper_name_code(arena, NULL, "a very long title of a paper that goes on and on and does not find its end 1");
    const char *two = paper_name_code(arena, NULL, "a very long title of a paper that goes on and on and does not find its end 2");
    CHECK(c, one && two && strlen(one) <= 64 && strcmp(one, two) != 0);
}

static void test_markdown(struct check *c, struct arena *arena)
{
    static const char text[] = "# Chào\n\n<script>alert(1)</script>\n\nXin <b onclick=x>chào</b> [a](javascript:alert(1)) [b](https://example.org) "
                               "![ảnh](http://x/y.png)\n\n- một\n- hai\n";
    const char *html = docs_markdown_html(arena, text, sizeof text - 1), *plain = docs_markdown_text(arena, text, sizeof text - 1);
    CHECK_TEXT(c, html, "<h1>Chào</h1>\n<p>Xin chào a <a href=\"https://example.org\">b</a> ảnh</p>\n<ul>\n<li>một</li>\n<li>hai</li>\n</ul>\n");
    CHECK_TEXT(c, plain, "Chào\nXin chào a b ảnh\n• một\n• hai\n");
    CHECK(c, !docs_markdown_html(arena, "\xff", 1));
    static const char links[] = "[x](data:text/html;base64,aaaa \"t\") <http://a.b>";
    CHECK_TEXT(c, docs_markdown_html(arena, links, sizeof links - 1), "<p>x <a href=\"http://a.b\">http://a.b</a></p>\n");
}

static const char *html_of(struct arena *arena, const char *text)
{
    return docs_markdown_html_below(arena, text, strlen(text), 1);
}

static void test_markdown_tables(struct check *c, struct arena *arena)
{
    static const char text[] = "# Kết quả\nTrước\n\n| Họ tên | Phiếu |\r\n|:---|--:|\n"
                               "| **A** \\| B | 287 |\n| 1. | <script>x</script> |\n| [x](javascript:y) |\n\nSau";
    const char *html = html_of(arena, text);
    CHECK_TEXT(c, html, "<h2>Kết quả</h2>\n<p>Trước</p>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n"
                        "<tr><th scope=\"col\">Họ tên</th><th scope=\"col\" class=\"end\">"
                        "Phiếu</th></tr>\n</thead>\n<tbody>\n<tr><td><strong>A</strong> | B</td><td class=\"end\">287</td></tr>\n"
                        "<tr><td>1.</td><td class=\"end\">&lt;script&gt;x&lt;/script&gt;</td></tr>\n"
                        "<tr><td>x</td><td class=\"end\"></td></tr>\n</tbody>\n</table></div>\n<p>Sau</p>\n");
    CHECK_TEXT(c, docs_markdown_text(arena, "a|b\n-|-\n1 | **2**\n", 18), "a | b\n1 | 2\n");
    CHECK(c, !strstr(html_of(arena, "```\na|b\n-|-\n```\n"), "<table>"));
    CHECK(c, !strstr(html_of(arena, "a|b\n-|-|-\n"), "<table>") &&
          !strstr(html_of(arena, "a\n---\n"), "<table>") && !strstr(html_of(arena, "    a|b\n    -|-\n"), "<table>"));
    CHECK(c, strstr(html_of(arena, "~~~\nx\n~~~\na|b\n-|-"), "<thead>") && strstr(html_of(arena, "|a|\n|-|\n|b|"), "<td>b</td>"));
    CHECK(c, html_of(arena, "|") && html_of(arena, "|\n|") && html_of(arena, "\\|\\\n-|-\\") && html_of(arena, ""));
}

static const char *write_file(struct arena *arena, const char *folder, const char *name, const void *data, size_t length)
{
    const char *path = file_join(arena, folder, name);
    return path && file_write_atomic(path, data, length, 0600, NULL) == OK ? path : NULL;
}

static void test_kinds(struct check *c, struct arena *arena, const char *folder)
{
    static const struct {
        const char *name, *data, *says; /* NULL: it is taken */
    } cases[] = {
        {"a.pdf", "%PDF-1.4 …", NULL},           {"a.jpg", "\xff\xd8\xff\xe0", NULL},      {"a.txt", "xin chào", NULL},          {"a.md", "# a", NULL},
        {"a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", NULL}, {"a.rtf", "{\\rtf1 }", NULL}, {"a.docx", "PK\x03\x04 x", NULL},   {"a.mp3", "ID3 x", NULL},
        {"b.pdf", "PK\x03\x04 x", "its name"},   {"b.html", "<html>", "scripts"},          {"b.svg", "<svg>", "scripts"},        {"b.exe", "MZ", "programs"},
        {"b.docm", "PK\x03\x04 x", "macros"},    {"b.txt", "\xff\xfe" "abcdef", "UTF-8"},              {"noending", "x", "ending"},          {"b.xyz", "x", "not shown"},
        {"b.jpg", "<html>", "its name"},         {"b.doc", "PK\x03\x04 x", "its name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum docs_kind kind;
        const char *type = NULL;
        struct fault fault = {0};
        const char *path = write_file(arena, folder, cases[i].name, cases[i].data, strlen(cases[i].data));
        if (!CHECK(c, path != NULL)) continue;
        enum err e = docs_kind_find(path, path, &kind, &type, &fault);
        bool good = cases[i].says ? e == ERR_INPUT && strstr(fault.text, cases[i].says) : e == OK && type && strchr(type, '/');
        if (!CHECK(c, good)) printf("# %s: %s %s\n", cases[i].name, err_name(e), fault.text);
    }
    struct fault fault = {0};
    enum docs_kind kind;
    const char *empty = write_file(arena, folder, "empty.pdf", "", 0);
    CHECK(c, empty && docs_kind_find(empty, empty, &kind, NULL, &fault) == ERR_INPUT && strstr(fault.text, "empty"));
    CHECK(c, docs_kind_find(folder, "x.pdf", &kind, NULL, &fault) == ERR_INPUT);
}

static void test_extract(struct check *c, struct arena *arena, const char *folder)
{
    struct docs_reading reading;
    struct fault fault = {0};
    const char *work = file_join(arena, folder, "work");
    struct docs_wishes wishes = {.folder = work};
    CHECK(c, file_make_directories(work, NULL) == OK);
    if (!CHECK(c, docs_extract(arena, "papers/political-report.pdf", &wishes, &reading, &fault) == OK)) printf("# %s\n", fault.text);
    else {
        CHECK(c, reading.kind == DOCS_PDF && reading.source == DOCS_SOURCE_FILE && reading.count == 7 && reading.unread == 0 && !reading.secrecy);
        CHECK(c, strstr(reading.pages[1].text, "Mở đầu") && reading.pages[6].picture && file_exists(reading.pages[6].picture));
        CHECK(c, reading.pages[0].height == DOCS_PICTURE_SIDE && reading.pages[0].width > 800);
    }
    const char *bad = write_file(arena, folder, "bad.pdf", "%PDF-1.4\nnothing", 16);
    CHECK(c, bad && docs_extract(arena, bad, &wishes, &reading, &fault) == ERR_INPUT && strstr(fault.text, "PDF"));
    const char *secret = write_file(arena, folder, "note.txt", "\xef\xbb\xbfTỐI MẬT\r\nxy", 18);
    CHECK(c, secret && docs_extract(arena, secret, &wishes, &reading, &fault) == OK && reading.count == 1);
    CHECK_TEXT(c, reading.secrecy, "TỐI MẬT");
    static const struct {
        const char *text, *stamp;
    } marked[] = {
        {"a\nMẬT\nb\n", "MẬT"},     {"a\r\nTối  Mật\r\nb\r\n", "TỐI MẬT"}, {"a\n**Tuyệt mật**\nb\n", "TUYỆT MẬT"},
        {"<div>\nMẬT\n</div>\n", "MẬT"}, {"giữ bí\nmật khẩu,\nbảo mật\n", NULL}, {"QUY CHẾ BÍ\nMẬT\n", NULL},
    };
    for (size_t i = 0; i < sizeof marked / sizeof marked[0]; i++) {
        const char *path = write_file(arena, folder, "note.md", marked[i].text, strlen(marked[i].text));
        if (CHECK(c, path && docs_extract(arena, path, &wishes, &reading, &fault) == OK && reading.count == 1)) CHECK_TEXT(c, reading.secrecy, marked[i].stamp);
    }
    CHECK(c, docs_extract(arena, "papers/no-such.pdf", &wishes, &reading, &fault) == ERR_NOT_FOUND);
    CHECK_TEXT(c, extraction_clean(arena, "a\x01 e\xcc\x81\xff b\xc3", 9), "a é b");
}

/* A manifest that is right, with one thing replaced. */
static enum err read_with(struct arena *arena, const char *from, const char *to, struct fault *fault)
{
    static const char good[] =
        "{\"format\":\"plenum-docs/1\",\"signed\":\"2026-11-22T00:00:00Z\",\"signer\":{\"key\":\"ed25519:7pCFDbQoOJlsopUeYKQJ3ixplWLoabjwwlp8l8wIZuI\",\"name\":\"x\"},"
        "\"documents\":[{\"code\":\"a\",\"title\":\"A\",\"file\":\"papers/a.pdf\",\"media_type\":\"application/pdf\",\"source\":\"file\",\"text\":\"pages/a/text.txt\","
        "\"pages\":[{\"picture\":\"pages/a/0001.jpg\",\"width\":9,\"height\":9}]}],"
        "\"files\":[{\"path\":\"papers/a.pdf\",\"size\":3,\"sha256\":\"HASH\"},{\"path\":\"pages/a/text.txt\",\"size\":3,\"sha256\":\"HASH\"},"
        "{\"path\":\"pages/a/0001.jpg\",\"size\":3,\"sha256\":\"HASH\"}]}";
    struct buf out;
    struct bundle bundle;
    buf_init(&out, BUF_LIMIT_LINE);
    const char *at = *from ? strstr(good, from) : NULL;
    for (const char *p = good; *p;) {
        if (p == at) buf_puts(&out, to), p += strlen(from);
        else if (strncmp(p, "HASH", 4) == 0) buf_puts(&out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), p += 4;
        else buf_putc(&out, *p++);
    }
    enum err e = bundle_manifest_read(arena, buf_text(&out), out.length, &bundle, fault);
    buf_release(&out);
    return e;
}

static void test_manifest(struct check *c, struct arena *arena)
{
    static const char *const wrong[][3] = {
        {"plenum-docs/1", "plenum-docs/2", "not plenum-docs/1"}, {"papers/a.pdf\",\"size", "papers/../a\",\"size", "no path"},
        {"papers/a.pdf\",\"size", "/papers/a\",\"size", "no path"}, {"papers/a.pdf\",\"size", "other/a\",\"size", "no path"},
        {"\"size\":3", "\"size\":-3", "bytes"}, {"\"size\":3", "\"size\":99999999999", "bytes"}, {"\"size\":3", "\"size\":3.5", "whole number"},
        {"HASH", "HASx", "hash"}, {"\"code\":\"a\"", "\"code\":\"a/b\"", "not a code"}, {"\"title\":\"A\",", "", "required"},
        {"\"title\":\"A\"", "\"title\":{}", "title"},
        {"\"source\":\"file\"", "\"source\":\"x\"", "source"}, {"\"width\":9", "\"width\":0", "size"}, {"\"width\":9", "\"other\":9", "unknown key"},
        {"pages/a/0001.jpg\",\"w", "pages/a/text.txt\",\"w", "already"}, {"pages/a/0001.jpg\",\"w", "papers/a.pdf\",\"w", "not in"},
        {",{\"path\":\"pages/a/text.txt\",\"size\":3,\"sha256\":\"HASH\"}", "", "not in"}, {"\"text\":\"pages/a/text.txt\",", "", "together"},
        {"ed25519:7", "ed25519:", "not a key"}, {"2026-11-22T00:00:00Z", "yesterday", "time"}, {"pages/a/text.txt\",\"size", "PAPERS/A.pdf\",\"size", "no path"},
        {"pages/a/text.txt\",\"size", "papers/A.pdf\",\"size", "only in case"}, {"\"documents\":[", "\"documents\":[1,", "object"},
        {"{\"format\"", "[{\"format\"", "line"},
    };
    struct fault fault = {0};
    if (!CHECK(c, read_with(arena, "", "", &fault) == OK)) printf("# %s\n", fault.text);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fault.text[0] = '\0';
        enum err e = read_with(arena, wrong[i][0], wrong[i][1], &fault);
        if (!CHECK(c, e == ERR_INPUT && strstr(fault.text, wrong[i][2]))) printf("# %s -> %s: %s \"%s\"\n", wrong[i][0], wrong[i][1], err_name(e), fault.text);
    }
}

static void test_key(struct check *c, struct arena *arena, const char *folder)
{
    struct bundle_key key, again;
    bool is_new = false;
    struct fault fault = {0};
    const char *data = file_join(arena, folder, "data"), *path = file_join(arena, data, "docs-key.json");
    CHECK(c, bundle_key_open(arena, data, false, NULL, &key, &is_new, &fault) == ERR_NOT_FOUND && !file_exists(path));
    CHECK(c, bundle_key_open(arena, data, true, "Văn phòng", &key, &is_new, &fault) == OK && is_new);
    CHECK(c, bundle_key_open(arena, data, false, NULL, &again, &is_new, &fault) == OK && !is_new && strcmp(key.text, again.text) == 0);
    CHECK_TEXT(c, again.name, "Văn phòng");
    CHECK(c, strlen(key.print) == 39 && strlen(key.text) == 51);
    uint8_t parsed[CRYPTO_PUBLIC_BYTES];
    CHECK(c, bundle_key_parse(key.text, parsed) && memcmp(parsed, key.public_key, sizeof parsed) == 0);
    CHECK(c, !bundle_key_parse("ed25519:", parsed) && !bundle_key_parse("x", parsed) && !bundle_key_parse("ed25519:AAAA", parsed));
    char *text;
    size_t length;
    CHECK(c, file_read(arena, path, 9999, &text, &length, NULL) == OK);
    char *at = strstr(text, "secret");
    if (CHECK(c, at != NULL)) at[20] = at[20] == 'A' ? 'B' : 'A';
    char *tail = strrchr(text, '"');
    if (CHECK(c, tail != NULL)) tail[-4] = tail[-4] == 'A' ? 'B' : 'A'; /* the public half within the secret */
    CHECK(c, file_write_atomic(path, text, length, 0600, NULL) == OK && bundle_key_open(arena, data, true, NULL, &key, &is_new, &fault) == ERR_INPUT);
    CHECK(c, file_write_atomic(path, text, length, 0644, NULL) == OK && bundle_key_open(arena, data, true, NULL, &key, &is_new, &fault) == ERR_DENIED);
}

/* --- archives larger than 4 GB, and of more than 65 535 entries: our records read back ------------------------------------------------------ */

static enum err keep_first(void *context, const void *piece, size_t length)
{
    (void)length;
    *(char *)context = *(const char *)piece;
    return OK;
}

static void put_at(struct check *c, int fd, uint64_t *at, struct buf *record)
{
    CHECK(c, buf_ok(record) && pwrite(fd, record->data, record->length, (off_t)*at) == (ssize_t)record->length);
    *at += record->length;
    buf_clear(record);
}

/* A hole of 5 GB between two small files: 64-bit size in one entry, 64-bit offset in the other, and in the end. */
static void test_large_zip(struct check *c, struct arena *arena, const char *folder)
{
    struct zip_entry entries[] = {{.name = "papers/hole.bin", .size = UINT64_C(5) << 30}, {.name = "papers/sau.txt", .size = 1, .crc = zip_crc32(0, "z", 1)}};
    const struct zip_caps caps = {.each = UINT64_C(8) << 30, .total = UINT64_C(8) << 30};
    const char *path = file_join(arena, folder, "large.zip");
    struct fault fault = {0};
    struct zip_reader zip;
    struct buf record;
    uint64_t at = 0, central;
    int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    buf_init(&record, BUF_LIMIT_LINE);
    if (!CHECK(c, fd >= 0)) return;
    for (int i = 0; i < 2; i++) {
        entries[i].offset = at;
        zip_local_header(&entries[i], &record);
        put_at(c, fd, &at, &record);
        if (i) CHECK(c, pwrite(fd, "z", 1, (off_t)at) == 1);
        at += entries[i].size;
    }
    central = at;
    for (int i = 0; i < 2; i++) zip_central_header(&entries[i], &record);
    zip_end(2, central, record.length, &record);
    put_at(c, fd, &at, &record);
    buf_release(&record);
    if (!CHECK(c, zip_open_fd(arena, fd, &caps, &zip, &fault) == OK)) {
        printf("# %s\n", fault.text);
        return;
    }
    char first = 0;
    CHECK(c, zip.count == 2 && zip.items[0].size == entries[0].size && zip.items[1].offset == entries[1].offset && zip.items[1].offset > UINT32_MAX);
    CHECK(c, zip_read(&zip, &zip.items[1], keep_first, &first, &fault) == OK && first == 'z');
    zip_close(&zip);
}

static void test_many_entries(struct check *c, struct arena *arena, const char *folder)
{
    enum { COUNT = 70000 };
    const struct zip_caps caps = {.each = 10, .total = 10};
    struct fault fault = {0};
    struct zip_reader zip;
    struct buf local, central;
    buf_init(&local, BUF_LIMIT_FILE);
    buf_init(&central, BUF_LIMIT_FILE);
    for (int i = 0; i < COUNT; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "n%d", i);
        struct zip_entry entry = {.name = name, .offset = local.length};
        zip_local_header(&entry, &local);
        zip_central_header(&entry, &central);
    }
    uint64_t at = local.length, length = central.length;
    zip_end(COUNT, at, length, &central);
    buf_add(&local, central.data, central.length);
    const char *path = buf_ok(&local) ? write_file(arena, folder, "many.zip", local.data, local.length) : NULL;
    if (CHECK(c, path && zip_open(arena, path, &caps, &zip, &fault) == OK)) {
        CHECK(c, zip.count == COUNT && map_get(&zip.by_name, "n69999") == &zip.items[69999]);
        zip_close(&zip);
    }
    buf_release(&local);
    buf_release(&central);
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    struct fault fault = {0};
    CHECK(&c, crypto_init() == OK);
    const char *folder = docs_work_folder(&arena, &fault);
    if (CHECK(&c, folder != NULL)) {
        test_stamps_on_pages(&c, &arena);
        test_stamps_in_names(&c, &arena);
        test_names(&c, &arena);
        test_markdown(&c, &arena);
        test_markdown_tables(&c, &arena);
        test_kinds(&c, &arena, folder);
        test_extract(&c, &arena, folder);
        test_manifest(&c, &arena);
        test_key(&c, &arena, folder);
        test_large_zip(&c, &arena, folder);
        test_many_entries(&c, &arena, folder);
        docs_remove_folder(folder);
        CHECK(&c, !file_exists(folder));
    }
    arena_release(&arena);
    return check_done(&c, "papers and bundles");
}
