/* Reading papers: words of texts, reflowing, snippets, the calendar; and search by the index held against search without it. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/papers/reading.h"
#include "core/congress/papers/reflow.h"
#include "core/congress/papers/search.h"
#include "core/congress/programme/ical.h"
#include "core/congress/store/store.h"
#include "core/db/words.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "plain|plain|…" of all words, or of their marked forms. */
static const char *words_of(struct arena *a, const char *text, bool marked)
{
    struct text_words words = {.arena = a, .memo = {.arena = a}};
    struct text_word word;
    const char *out = "";
    for (size_t at = 0; text_words_next(&words, text, &at, &word);) out = arena_printf(a, "%s%s|", out, marked ? word.marked : word.plain);
    return out;
}

static void check_words(struct check *c, struct arena *a)
{
    CHECK_TEXT(c, words_of(a, "Báo cáo số 12/BC-BCH, ĐẢNG ủy!", false), "bao|cao|so|12|bc|bch|dang|uy|");
    CHECK_TEXT(c, words_of(a, "", false), "");
    CHECK_TEXT(c, words_of(a, " … — ", false), "");
    CHECK_TEXT(c, words_of(a, "hoà", true), words_of(a, "hòa", true));
    CHECK(c, strcmp(words_of(a, "đảng", true), words_of(a, "dâng", true)) != 0);
    CHECK_TEXT(c, words_of(a, "đảng Dâng", false), "dang|dang|");
    CHECK_TEXT(c, words_of(a, "Đa\xCC\x89ng", true), words_of(a, "Đảng", true));
    CHECK_TEXT(c, words_of(a, "中华人民", false), "中|华|人|民|");
    CHECK_TEXT(c, words_of(a, "第3条abc", false), "第|3|条|abc|");
    CHECK_TEXT(c, words_of(a, "التَّقرير السياسي", false), "التقرير|السياسي|");
    CHECK(c, strcmp(words_of(a, "ภาษาไทย", false), "") != 0);
    struct text_words words = {.arena = a, .memo = {.arena = a}};
    struct text_word word;
    size_t at = 0;
    CHECK(c, text_words_next(&words, "  «Đảng»", &at, &word) && word.at == 4 && word.length == 7 && at == 11);
    CHECK(c, !text_words_next(&words, "  «Đảng»", &at, &word) && !words.failed);
    char *long_word = arena_alloc(a, 5001);
    memset(long_word, 'A', 5000);
    at = 0;
    CHECK(c, text_words_next(&words, long_word, &at, &word) && strlen(word.plain) == 5000 && word.plain[0] == 'a');
}

/* Blocks as "[text][text]", running ones as "<text>", rows of tables as "{cell\tcell}". */
static const char *flow(struct arena *a, const char *text, const char *neighbour)
{
    struct reflow_block *blocks;
    size_t count;
    const char *out = "";
    if (!reflow_page(a, text, neighbour, &blocks, &count)) return "failed";
    for (size_t i = 0; i < count; i++) out = arena_printf(a, blocks[i].row ? "%s{%s}" : blocks[i].running ? "%s<%s>" : "%s[%s]", out, blocks[i].text);
    return out;
}

static void check_reflow(struct check *c, struct arena *a)
{
    CHECK_TEXT(c, flow(a, "", NULL), "");
    CHECK_TEXT(c, flow(a, "\n \n\t\n", NULL), "");
    CHECK_TEXT(c, flow(a, "Đại hội diễn ra khi thành phố vừa\nđi qua năm năm nhiều biến động.\n\nPhần thứ nhất\n", NULL),
               "[Đại hội diễn ra khi thành phố vừa đi qua năm năm nhiều biến động.][Phần thứ nhất]");
    CHECK_TEXT(c, flow(a, "This is an impor-\ntant decision of the Viet-\nNam congress and co-\n2024 work\n", NULL),
               "[This is an important decision of the Viet-Nam congress and co-2024 work]");
    CHECK_TEXT(c, flow(a, "Các việc phải làm trong năm tới:\n- Việc thứ nhất là việc này\n- Việc thứ hai\n1. Một\n2.1. Hai là\na) Ba\nĐiều 5. Bốn\n", NULL),
               "[Các việc phải làm trong năm tới:][- Việc thứ nhất là việc này][- Việc thứ hai][1. Một][2.1. Hai là][a) Ba][Điều 5. Bốn]");
    CHECK_TEXT(c, flow(a, "Dòng thứ nhất của một đoạn văn rất dài ở đây\n\nvà dòng thứ hai cách xa mà vẫn một câu.\n\nĐoạn khác", NULL),
               "[Dòng thứ nhất của một đoạn văn rất dài ở đây và dòng thứ hai cách xa mà vẫn một câu.][Đoạn khác]");
    CHECK_TEXT(c, flow(a, "Một câu ngắn.\nCâu sau bắt đầu một đoạn mới thì phải xuống dòng ở đây\n", NULL),
               "[Một câu ngắn.][Câu sau bắt đầu một đoạn mới thì phải xuống dòng ở đây]");
    CHECK_TEXT(c, flow(a, "Báo cáo chính trị · 3\n\nNội dung của trang này\n\n12",
               "Báo cáo chính trị · 4\n\nNội dung khác\n\n13"), "<Báo cáo chính trị · 3>[Nội dung của trang này]<12>");
    CHECK_TEXT(c, flow(a, "Trang 3/10\nMột hai ba bốn\n- 7 -", NULL), "<Trang 3/10>[Một hai ba bốn]<- 7 ->");
    CHECK_TEXT(c, flow(a, "Một hai ba\n\n12.000", NULL), "[Một hai ba][12.000]");
    CHECK_TEXT(c, flow(a, "中华人民\n共和国", NULL), "[中华人民共和国]");
    CHECK_TEXT(c, flow(a, "التقرير السياسي للجنة\nالتنفيذية", NULL), "[التقرير السياسي للجنة التنفيذية]");
    CHECK_TEXT(c, flow(a, "a   b\t\tc", NULL), "[a b c]");
    CHECK_TEXT(c, flow(a, "Thu và\n\tĐoàn phí\t1.250\t\n\tvà thu khác\t\t90 %\n\t\t\nchi của", NULL), "[Thu và]{Đoàn phí\t1.250\t}{và thu khác\t\t90 %}[chi của]");
    CHECK_TEXT(c, flow(a, "\t12\t13\nMột\n\tMột dòng thụt vào", "\t12\t13\nHai"), "{12\t13}[Một][Một dòng thụt vào]"); /* a row is no page number; one tab is no row */
    CHECK_TEXT(c, reflow_text(a, "one\n\nTwo"), "one\nTwo");
}

static struct search_query query_of(struct arena *a, const char *text)
{
    struct search_query query = {.count = 0};
    (void)search_parse(a, text, &query);
    return query;
}

/* Hits in brackets. */
static const char *marked(struct arena *a, const char *query, const char *text, bool snippet)
{
    struct text_words words = {.arena = a, .memo = {.arena = a}};
    struct search_query q = query_of(a, query);
    struct search_run *runs;
    size_t count;
    const char *out = "";
    if (!(snippet ? search_snippet(&words, &q, text, &runs, &count) : search_mark(&words, &q, text, &runs, &count, NULL))) return "failed";
    for (size_t i = 0; i < count; i++) out = arena_printf(a, runs[i].is_hit ? "%s[%s]" : "%s%s", out, runs[i].text);
    return out;
}

static void check_marks(struct check *c, struct arena *a)
{
    CHECK(c, query_of(a, "").count == 0 && query_of(a, " \" ! ").count == 0);
    CHECK(c, query_of(a, "a b c d e f g h i j k").count == SEARCH_PHRASES_MOST && query_of(a, "a b c d e f g h i j k").left_out);
    CHECK(c, !query_of(a, "a b c d e f g h … !").left_out && query_of(a, "của của \"của\" Của").count == 1 && query_of(a, "cua của").count == 2);
    CHECK(c, query_of(a, "\"a b c d e f g h i k l m n o\"").left_out && query_of(a, "\"a b c d e f g h i k l m n o\"").phrases[0].count == SEARCH_WORDS_MOST);
    CHECK(c, query_of(a, arena_printf(a, "%0*d", SEARCH_QUERY_MOST + 1, 1)).left_out && !query_of(a, arena_printf(a, "%0*d", SEARCH_QUERY_MOST, 1)).left_out);
    struct search_query q = query_of(a, "kinh “tế số” 12/BC-BCH");
    CHECK(c, q.count == 3 && q.phrases[0].count == 1 && q.phrases[1].count == 2 && q.phrases[2].count == 3 && !q.phrases[0].marked && q.phrases[1].marked);
    CHECK(c, query_of(a, "中华人民").phrases[0].count == 4);
    CHECK_TEXT(c, marked(a, "dang", "Đảng và dâng, đang.", false), "[Đảng] và [dâng], [đang].");
    CHECK_TEXT(c, marked(a, "đảng", "Đảng và dâng, đang.", false), "[Đảng] và dâng, đang.");
    CHECK_TEXT(c, marked(a, "ĐẢNG", "Đa\xCC\x89ng bộ", false), "[Đa\xCC\x89ng] bộ");
    CHECK_TEXT(c, marked(a, "\"dai hoi\"", "Đại hội, đại biểu, hội nghị", false), "[Đại hội], đại biểu, hội nghị");
    CHECK_TEXT(c, marked(a, "12/bc-bch", "Số 12/BC-BCH ngày 12", false), "Số [12/BC-BCH] ngày 12");
    CHECK_TEXT(c, marked(a, "人民", "中华人民共和国", false), "中华[人民]共和国");
    CHECK_TEXT(c, marked(a, "التقرير", "قرأ التَّقرير السياسي", false), "قرأ [التَّقرير] السياسي");
    CHECK_TEXT(c, marked(a, "x", "", false), "");
    CHECK_TEXT(c, marked(a, "nothing", "Một hai ba", true), "");
    CHECK_TEXT(c, marked(a, "hai", "Một hai\nba", true), "Một [hai] ba");
    char *text = arena_strdup(a, "");
    for (int i = 0; i < 200; i++) text = arena_printf(a, "%s%s ", text, i == 120 ? "Quỹ" : i == 123 ? "vốn" : i == 20 ? "quỹ" : "từ");
    const char *snippet = marked(a, "quy von", text, true);
    CHECK(c, strstr(snippet, "[Quỹ] từ từ [vốn]") && strncmp(snippet, "… ", strlen("… ")) == 0 && strlen(snippet) < 400);
    CHECK(c, strcmp(snippet + strlen(snippet) - strlen(" …"), " …") == 0);
}

static void check_ical(struct check *c)
{
    struct buf out;
    const struct ical_event events[] = {
        {"s1@e.plenum", "Phiên khai mạc; bầu cử, thông qua", "Hội trường A\\B", "Dòng một\nDòng hai", INT64_C(1796083200000), INT64_C(1796094000000)},
        {"s2@e.plenum", "Một tiêu đề dài lắm để phải gấp lại nhiều lần vì mỗi dòng chỉ được bảy mươi lăm octet mà tiếng Việt thì nhiều dấu quá đi mất thôi", NULL, NULL,
         INT64_C(1796083200000), INT64_C(1796094000000)}};
    buf_init(&out, BUF_LIMIT_BODY);
    ical_write(&out, "Đại hội", events, 2, INT64_C(1796000000123));
    const char *text = buf_text(&out);
    CHECK(c, buf_ok(&out) && strncmp(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", 30) == 0);
    CHECK(c, strstr(text, "\r\nSUMMARY:Phiên khai mạc\\; bầu cử\\, thông qua\r\n") != NULL);
    CHECK(c, strstr(text, "\r\nLOCATION:Hội trường A\\\\B\r\nDESCRIPTION:Dòng một\\nDòng hai\r\n") != NULL);
    CHECK(c, strstr(text, "\r\nDTSTART:20261130T") != NULL || strstr(text, "\r\nDTSTART:20261201T") != NULL);
    for (const char *line = text; *line;) {
        const char *end = strstr(line, "\r\n");
        if (!CHECK(c, end && end - line <= 75 && ((unsigned char)*line & 0xC0) != 0x80)) break;
        if (!CHECK(c, *line != ' ' || ((unsigned char)line[1] & 0xC0) != 0x80)) break; /* never within a character */
        line = end + 2;
    }
    CHECK(c, !strstr(text, "LOCATION:\r\n"));
    buf_release(&out);
}

/* --- the index against the plain way -------------------------------------------------------------------------------------------------------- */

static const char *const syllables[] = {"Đảng", "dâng", "đang", "kinh", "tế", "hội", "nghị", "đại", "biểu", "công", "đoàn", "nguồn", "vốn", "quỹ", "lao", "động",
           "2026", "an", "中", "华", "التقرير"};

static enum err fill(struct db *db, void *arg, struct fault *fault)
{
    (void)arg;
    (void)fault;
    unsigned seed = 7;
    struct arena a = {0};
    enum err e = OK;
    for (int paper = 0; e == OK && paper < 4; paper++) {
        char sha[65];
        (void)snprintf(sha, sizeof sha, "%064d", paper + 1);
        struct sql_blob_insert_in blob = {sha, 10, "application/pdf", 1, DB_NULL};
        e = sql_blob_insert(db, &blob, NULL);
        struct sql_docs_reading_insert_in reading = {sha, "file", 40, 0, 1, 0};
        if (e == OK) e = sql_docs_reading_insert(db, &reading, NULL);
        for (int64_t page = 1; e == OK && page <= 40; page++) {
            char *text = arena_strdup(&a, "");
            for (int i = 0; i < 25; i++) {
                seed = seed * 1103515245u + 12345u;
                text = arena_printf(&a, "%s%s%s", text, syllables[(seed >> 16) % (sizeof syllables / sizeof syllables[0])], i % 9 == 8 ? "\n" : " ");
            }
            struct sql_docs_page_insert_in in = {sha, page, text, text_fold(&a, text), NULL, DB_NULL, DB_NULL};
            e = sql_docs_page_insert(db, &in, NULL);
        }
    }
    arena_release(&a);
    return e;
}

static enum err add_papers(struct db *db, void *arg, struct fault *fault)
{
    (void)arg;
    (void)fault;
    struct sql_import_event_write_in event = {.id = 1, .slug = "e", .kind = "congress", .title = "E", .timezone = "Etc/GMT", .ends_ms = 100, .documents_access = "badge",
                                              .pin = "phone_tail"};
    enum err e = sql_import_event_write(db, &event, NULL);
    for (int i = 0; e == OK && i < 4; i++) {
        char sha[65], code[16];
        (void)snprintf(sha, sizeof sha, "%064d", i + 1);
        (void)snprintf(code, sizeof code, "p%d", i + 1);
        struct sql_docs_paper_insert_in in = {.id = i + 1, .event_id = 1, .code = code, .title = i == 0 ? "Báo cáo công đoàn" : "Giấy", .file = "x.pdf", .file_blob = sha,
                                              .publish_ms = DB_NULL, .publish_manual = i == 2, .restricted = i == 3, .session_id = DB_NULL, .sort_order = i};
        e = sql_docs_paper_insert(db, &in, NULL);
        struct sql_import_document_version_insert_in version = {i + 1, i + 1, 1, sha, "x.pdf", 1};
        if (e == OK) e = sql_import_document_version_insert(db, &version, NULL);
    }
    return e;
}

static void compare(struct check *c, struct db *db, const char *query)
{
    struct arena a = {0};
    struct paper_viewer viewer = {.event_id = 1, .delegate_id = 1, .event = "e", .timezone = "Etc/GMT", .category = "official"};
    struct search_found with, without;
    struct search_wishes wishes = {.query = query, .language = "vi", .most = 1000};
    enum err e = papers_search(db, &a, &viewer, &wishes, 10, &with);
    wishes.without_index = true;
    if (e == OK) e = papers_search(db, &a, &viewer, &wishes, 10, &without);
    if (!CHECK(c, e == OK)) return;
    if (!CHECK(c, with.all == without.all && with.count == without.count && with.way == without.way)) printf("# %s: %zu and %zu\n", query, with.all, without.all);
    for (size_t i = 0; i < with.count && i < without.count; i++) {
        CHECK(c, with.hits[i].paper->id == without.hits[i].paper->id && with.hits[i].page == without.hits[i].page && with.hits[i].run_count > 0);
        CHECK(c, with.hits[i].paper->id <= 2); /* the third waits to be published, the fourth asks for the PIN */
    }
    arena_release(&a);
}

static void check_found(struct check *c, struct db *db)
{
    struct arena a = {0};
    struct paper_viewer viewer = {.event_id = 1, .delegate_id = 1, .event = "e", .timezone = "Etc/GMT", .category = "official"};
    struct search_found found, next;
    struct search_wishes wishes = {.query = "báo cáo", .language = "vi", .most = 10};
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.all == 1 && found.hits[0].page == 0 && found.hits[0].paper->id == 1);
    wishes.query = "đảng";
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.all > 20 && found.count == 10 && found.way == SEARCH_AS_WRITTEN);
    wishes.skip = 10;
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &next) == OK && next.all == found.all && next.count == 10 &&
              (next.hits[0].page > found.hits[9].page || next.hits[0].paper->id > found.hits[9].paper->id));
    wishes = (struct search_wishes){.query = "đáng", .language = "vi", .most = 10};
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.all > 20 && found.way == SEARCH_WITHOUT_MARKS);
    wishes.query = "ngu";
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.all > 20 && found.way == SEARCH_BEGINNINGS);
    viewer.pin_passed = true;
    wishes.query = "đảng";
    wishes.most = 1000;
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.count && found.hits[found.count - 1].paper->id == 4);
    wishes.query = "'; DROP TABLE paper_words; -- \" OR plain : * NEAR(";
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK);
    arena_release(&a);
}

/* Papers with it in their title come first, then those where the words stand together; within a paper likewise, then by page. */
static void check_order(struct check *c, struct db *db)
{
    struct arena a = {0};
    struct paper_viewer viewer = {.event_id = 1, .delegate_id = 1, .event = "e", .timezone = "Etc/GMT", .category = "official"};
    struct text_words words = {.arena = &a, .memo = {.arena = &a}};
    struct search_found found;
    struct search_wishes wishes = {.query = "cong doan", .language = "vi", .most = 1000};
    struct search_query together = query_of(&a, "\"cong doan\"");
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.count > 4 && found.count == found.all && found.hits[0].page == 0);
    size_t joined = 0;
    bool was_joined = true;
    for (size_t i = 0; i < found.count; i++) {
        struct search_run *runs;
        struct reading_page *page;
        const struct search_hit *hit = &found.hits[i];
        size_t count, hits = 0;
        bool is_joined = !hit->page;
        if (hit->page && reading_load_pages(db, &a, hit->paper->sha256, hit->page, hit->page, &page, &count) == OK && count)
            is_joined = search_mark(&words, &together, reflow_text(&a, page[0].text), &runs, &count, &hits) && hits == 1;
        bool same = i && hit->paper->id == hit[-1].paper->id;
        CHECK(c, !same || !is_joined || was_joined);
        CHECK(c, !same || is_joined != was_joined || hit->page > hit[-1].page);
        CHECK(c, !i || same || hit->paper->id > hit[-1].paper->id);
        joined += is_joined;
        was_joined = is_joined;
    }
    CHECK(c, joined > 2 && joined < found.count);
    arena_release(&a);
}

static void check_bounds(struct check *c, struct db *db)
{
    struct arena a = {0};
    struct paper_viewer viewer = {.event_id = 1, .delegate_id = 1, .event = "e", .timezone = "Etc/GMT", .category = "official"};
    struct search_found found;
    struct search_wishes wishes = {.query = "x y ngu z", .language = "vi", .most = 10};
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.all > 20 && found.way == SEARCH_BEGINNINGS);
    CHECK(c, found.query->left_out && found.query->count == 1);
    wishes.query = "x y z k";
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.query->left_out && found.all > 0); /* k…: kinh */
    wishes.query = "ki an ngu";
    CHECK(c, papers_search(db, &a, &viewer, &wishes, 10, &found) == OK && found.all == 0 && !found.query->left_out); /* "ki" alone must not go on */
    arena_release(&a);
}

static void check_search(struct check *c)
{
    char folder[] = "/tmp/plenum-reading-XXXXXX";
    struct store store = {0};
    struct fault fault = {0};
    size_t pages = 0;
    if (!CHECK(c, mkdtemp(folder) != NULL)) return;
    enum err e = store_open(folder, STORE_CREATE, &store, &fault);
    if (e == OK) e = db_transaction(store.db, fill, NULL, &fault);
    if (e == OK) e = db_transaction(store.db, add_papers, NULL, &fault);
    if (!CHECK(c, e == OK)) printf("# %s %s\n", fault.text, store.db ? db_error(store.db) : "");
    CHECK(c, db_has_words(store.db));
    CHECK(c, reading_index(store.db, NULL, NULL, 0, &pages, &fault) == OK && pages == 160);
    CHECK(c, reading_index(store.db, NULL, NULL, 0, &pages, &fault) == OK && pages == 0);
    static const char *const queries[] = {"dang", "đảng", "đảng kinh", "\"kinh tế\"", "\"kinh te\"", "\"hội nghị\" vốn", "an", "a", "cong", "công đoàn", "中华",
               "华中", "التقرير", "التَّقرير",
                                          "2026", "zzz", "động động", "", "báo", "quỹ, vốn; nguồn", "ngu", "đảngg", "lao-động",
                                          "cong doan", "vốn quỹ", "lao động công đoàn", "x y ngu", "h k"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) compare(c, store.db, queries[i]);
    check_found(c, store.db);
    check_order(c, store.db);
    check_bounds(c, store.db);
    store_close(&store);
    char command[96];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(c, system(command) == 0);
}

int main(void)
{
    struct check c = {0};
    struct arena a = {0};
    check_words(&c, &a);
    check_reflow(&c, &a);
    check_marks(&c, &a);
    check_ical(&c);
    check_search(&c);
    arena_release(&a);
    return check_done(&c, "reading");
}
