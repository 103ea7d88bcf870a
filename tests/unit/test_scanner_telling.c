/* What the scanner says as JSON: the line on standard output and the event of the operator's screen, byte by byte, because programs of others read them. */
#include "core/db/db.h"
#include "scanner/feedback/fields.h"
#include "scanner/status/board.h"
#include "tests/unit/check.h"

#include <unistd.h>

#define HEAD "{\"scan_id\":\"0190\",\"scanned_at\":\"2026-12-01T02:00:00.000Z\",\"gate\":\"main\",\"direction\":\"in\",\"outcome\":\"already_in\","

static struct result full(void)
{
    return (struct result){.scan_id = "0190", .gate = "main", .direction = "in", .scanned_ms = 1796090400000, .outcome = "already_in", .reason = "",
                           .from = FROM_ROSTER, .name = "Đỗ \"Ba\"\n", .delegation = "HT-01", .category = "official", .seat = "A1", .badge_box = "B3",
                           .first_ms = 1796090400001, .first_gate = "side", .conflict = true, .roster_age_ms = 0, .waiting = 2, .latency_ms = 7,
                           .picture = "a.png", .frame = 3};
}

/* What feedback_result writes to standard output. */
static void line_of(struct check *c, const struct result *result, char *ret, size_t room)
{
    struct feedback_settings settings = {.json = true};
    struct feedback *feedback = NULL;
    int ends[2], kept = dup(STDOUT_FILENO);
    ssize_t n = -1;
    (void)fflush(stdout);
    if (pipe(ends) == 0 && dup2(ends[1], STDOUT_FILENO) >= 0 && feedback_start(&settings, &feedback, NULL) == OK) {
        feedback_result(feedback, result);
        n = read(ends[0], ret, room - 1);
        close(ends[0]);
        close(ends[1]);
    }
    (void)dup2(kept, STDOUT_FILENO);
    close(kept);
    feedback_stop(feedback);
    ret[n > 0 ? n : 0] = '\0';
    CHECK(c, n > 0);
}

static void test_line(struct check *c)
{
    char line[2048];
    struct result result = full();
    line_of(c, &result, line, sizeof line);
    CHECK_TEXT(c, line, HEAD "\"reason\":\"\",\"decided_by\":\"roster\",\"places_left\":null,"
               "\"person\":{\"name\":\"Đỗ \\\"Ba\\\"\\n\",\"delegation\":\"HT-01\",\"category\":\"official\","
                        "\"seat\":\"A1\",\"badge_box\":\"B3\"},\"first\":{\"at\":\"2026-12-01T02:00:00.001Z\",\"gate\":\"side\"},\"conflict\":true,"
                        "\"replayed\":false,\"waiting\":2,\"ms\":7,\"roster_age_ms\":0,\"picture\":\"a.png\",\"frame\":3}\n");
    result.picture = "caf\xe9.png"; /* of a stick from another machine */
    line_of(c, &result, line, sizeof line);
    CHECK(c, strstr(line, "\"picture\":\"caf\xEF\xBF\xBD.png\"") != NULL);
    result = (struct result){.gate = "main", .direction = "out", .scanned_ms = DB_NULL, .outcome = "lost", .from = FROM_NOBODY, .first_ms = DB_NULL,
                             .roster_age_ms = -1, .replayed = true, .waiting = -1};
    line_of(c, &result, line, sizeof line);
    CHECK_TEXT(c, line, "{\"scan_id\":null,\"scanned_at\":null,\"gate\":\"main\",\"direction\":\"out\",\"outcome\":\"lost\",\"reason\":null,\"decided_by\":null,"
               "\"places_left\":null,"
                        "\"person\":null,\"first\":null,\"conflict\":false,\"replayed\":true,\"waiting\":-1,\"ms\":0,\"roster_age_ms\":null,\"picture\":null,"
                        "\"frame\":0}\n");
    result = (struct result){.gate = "g", .direction = "in", .outcome = "x", .from = FROM_SERVER, .scanned_ms = DB_NULL, .first_ms = DB_NULL, .first_gate = "g",
                             .badge_box = "B", .roster_age_ms = -1};
    line_of(c, &result, line, sizeof line);
    CHECK(c, strstr(line, "\"decided_by\":\"server\",\"places_left\":null,"
               "\"person\":{\"name\":null,\"delegation\":null,\"category\":null,\"seat\":null,\"badge_box\":\"B\"},"
                          "\"first\":{\"at\":null,\"gate\":\"g\"},") != NULL);
}

static void test_event(struct check *c)
{
    struct buf out;
    struct result result = full();
    buf_init(&out, BUF_LIMIT_LINE);
    board_put_result(&out, &result);
    CHECK_TEXT(c, buf_text(&out), HEAD "\"reason\":null,\"decided_by\":\"roster\",\"places_left\":null,"
               "\"name\":\"Đỗ \\\"Ba\\\"\\n\",\"delegation\":\"HT-01\",\"category\":\"official\","
                                  "\"seat\":\"A1\",\"badge_box\":\"B3\",\"first_at\":\"2026-12-01T02:00:00.001Z\",\"first_gate\":\"side\",\"conflict\":true,"
                                  "\"roster_age_ms\":0}");
    buf_release(&out);
}

/* An object in an object begins without a comma, and what follows it has one; a key may hold anything. */
static void test_fields(struct check *c)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    const struct fields fields = {.out = &out, .empty_is_null = true};
    buf_putc(&out, '{');
    fields_put_key(&fields, "a\"b");
    buf_putc(&out, '{');
    fields_put_count(&fields, "n", -1);
    fields_put_number(&fields, "m", -1);
    fields_put_text(&fields, "t", "");
    buf_putc(&out, '}');
    fields_put_flag(&fields, "f", false);
    fields_put_text(&fields, "u", "{");
    fields_put_time(&fields, "w", DB_NULL);
    buf_putc(&out, '}');
    CHECK_TEXT(c, buf_text(&out), "{\"a\\\"b\":{\"n\":null,\"m\":-1,\"t\":null},\"f\":false,\"u\":\"{\",\"w\":null}");
    buf_release(&out);
}

int main(void)
{
    struct check c = {0};
    test_line(&c);
    test_event(&c);
    test_fields(&c);
    return check_done(&c, "scanner_telling");
}
