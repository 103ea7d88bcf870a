#include "scanner/feedback/feedback.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/reason.h"
#include "core/congress/title.h"
#include "core/db/db.h"
#include "scanner/feedback/fields.h"
#include "scanner/feedback/hook.h"
#include "scanner/status/status.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct feedback {
    struct feedback_settings settings;
    struct hook *hook;
    struct status *status; /* NULL: no page */
    int line_fd;  /* where the terminal's line goes; -1 = nowhere */
    bool sounds, colours; /* a terminal; one that wants colours */
    char timezone[64];
    pthread_mutex_t lock; /* of the output: lines of two threads must not mix */
};

/* A state is told by word, sign, colour and sound, so that no single one is needed to tell them apart. */
struct look {
    const char *outcome, *sign, *english, *vietnamese, *colour, *sound;
};
static const struct look looks[] = {
    {"admitted", "✔", "ADMITTED", "MỜI VÀO", "\033[1;97;42m", "\a"},
    {"already_in", "=", "ALREADY IN", "ĐÃ VÀO TRƯỚC ĐÓ", "\033[1;30;46m", "\a"},
    {"left", "←", "LEFT", "ĐÃ RA", "\033[1;97;44m", "\a"},
    {"handed_out", "✚", "HANDED OUT", "ĐÃ PHÁT", "\033[1;97;42m", "\a"},
    {"queued", "…", "KEPT FOR LATER", "ĐÃ GHI, CHỜ MÁY CHỦ", "\033[1;30;43m", "\a"},
    {"refused", "✘", "REFUSED", "KHÔNG ĐƯỢC VÀO", "\033[1;97;41m", "\a\a"},
    {"invalid", "✘", "NOT ON THE LIST", "KHÔNG CÓ TRONG DANH SÁCH", "\033[1;97;41m", "\a\a"},
    {"lost", "!!", "NOT KEPT - WRITE IT DOWN", "CHƯA GHI ĐƯỢC - HÃY GHI TAY", "\033[1;5;97;41m", "\a\a\a"},
};

/* What the person at the door says on, in Vietnamese; the English sentences are the registry's. */
static const struct {
    enum reason reason;
    const char *vietnamese;
} sentences[] = {
    {REASON_unknown_badge, "Mã này không có trong danh sách. Xin mời đến bàn đón tiếp."},
    {REASON_revoked, "Thẻ này đã được thay. Xin dùng thẻ mới."},
    {REASON_wrong_event, "Thẻ này của sự kiện khác."},
    {REASON_not_issued, "Thẻ chưa có tên. Xin mời đến bàn đón tiếp."},
    {REASON_not_admitted_here, "Thẻ này không vào cửa này."},
    {REASON_wrong_direction, "Cửa này không đi chiều đó."},
    {REASON_not_yet_open, "Chưa đến giờ điểm danh."},
    {REASON_closed, "Đã hết giờ điểm danh."},
    {REASON_full, "Phòng đã đủ chỗ."},
    {REASON_no_reentry, "Cửa này chỉ vào một lần."},
    {REASON_was_not_in, "Trước đó chưa điểm danh vào."},
    {REASON_already_handed_out, "Đã phát trước đó."},
    {REASON_status_replaced, "Đã có đại biểu khác thay."},
    {REASON_status_withdrawn, "Đại biểu đã rút."},
    {REASON_status_disqualified, "Tư cách đại biểu không được công nhận."},
};

static const char *sentence_of(enum reason reason, bool vietnamese)
{
    for (size_t i = 0; vietnamese && i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].reason == reason) return sentences[i].vietnamese;
    return reason_sentence(reason);
}

static const struct look *look_of(const char *outcome)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (strcmp(looks[i].outcome, outcome) == 0) return &looks[i];
    return &looks[5]; /* an outcome of a newer server: never a green light */
}

/* https://no-color.org; a terminal that knows no escape sequences would print them. */
static bool wants_colours(int fd)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return fd >= 0 && isatty(fd) && !(no && *no) && !(terminal && strcmp(terminal, "dumb") == 0);
}

enum err feedback_start(const struct feedback_settings *settings, struct feedback **ret, struct fault *fault)
{
    struct feedback *feedback = calloc(1, sizeof *feedback);
    if (!feedback) return fault_set(fault, ERR_NOMEM, "not enough memory for the feedback");
    feedback->settings = *settings;
    feedback_set_timezone(feedback, NULL);
    feedback->line_fd = !settings->json ? STDOUT_FILENO : isatty(STDERR_FILENO) ? STDERR_FILENO : -1;
    feedback->sounds = feedback->line_fd >= 0 && isatty(feedback->line_fd);
    feedback->colours = wants_colours(feedback->line_fd);
    if (settings->on_result) {
        enum err e = hook_start(settings->on_result, &feedback->hook, fault);
        if (e != OK) {
            free(feedback);
            return e;
        }
    }
    pthread_mutex_init(&feedback->lock, NULL);
    *ret = feedback;
    return OK;
}

void feedback_stop(struct feedback *feedback)
{
    if (!feedback) return;
    hook_stop(feedback->hook);
    pthread_mutex_destroy(&feedback->lock);
    free(feedback);
}

void feedback_set_timezone(struct feedback *feedback, const char *zone)
{
    (void)snprintf(feedback->timezone, sizeof feedback->timezone, "%s", zone ? zone : "UTC");
}

void feedback_show_on(struct feedback *feedback, struct status *status) { feedback->status = status; }

/* A reader of our output that went away must not stop the door: failures are passed over. */
static void write_line(struct feedback *feedback, int fd, const struct buf *line)
{
    if (fd < 0 || !buf_ok(line)) return;
    pthread_mutex_lock(&feedback->lock);
    (void)file_write_all(fd, line->data, line->length);
    pthread_mutex_unlock(&feedback->lock);
}

static void put_json(struct buf *out, const struct result *r)
{
    const struct fields fields = {.out = out};
    bool is_named = r->name || r->delegation || r->category || r->seat || r->badge_box, was_first = r->first_ms != DB_NULL || r->first_gate;
    buf_putc(out, '{');
    fields_put_scan(&fields, r);
    fields_put_key(&fields, "person");
    buf_puts(out, is_named ? "{" : "null");
    if (is_named) fields_put_person(&fields, r);
    if (is_named) buf_putc(out, '}');
    fields_put_key(&fields, "first");
    buf_puts(out, was_first ? "{" : "null");
    if (was_first) fields_put_time(&fields, "at", r->first_ms);
    if (was_first) fields_put_text(&fields, "gate", r->first_gate);
    if (was_first) buf_putc(out, '}');
    fields_put_flag(&fields, "conflict", r->conflict);
    fields_put_flag(&fields, "replayed", r->replayed);
    fields_put_number(&fields, "waiting", r->waiting);
    fields_put_number(&fields, "ms", r->latency_ms);
    fields_put_count(&fields, "roster_age_ms", r->roster_age_ms);
    fields_put_text(&fields, "picture", r->picture);
    fields_put_number(&fields, "frame", r->frame);
    buf_puts(out, "}\n");
}

static void put_part(struct buf *out, const char *text)
{
    if (!text || !*text) return;
    buf_puts(out, " · ");
    for (; *text; text++) buf_putc(out, (unsigned char)*text < 0x20 ? ' ' : *text); /* a name must not move the cursor */
}

/* By its title; by its code as long as the list with the titles has not come. */
static void put_category(struct buf *out, const struct feedback *feedback, const struct result *r)
{
    struct arena arena = {0};
    const char *title = r->category_title ? title_pick(&arena, r->category_title, feedback->settings.vietnamese ? "vi" : "en") : NULL;
    put_part(out, title && *title ? title : r->category);
    arena_release(&arena);
}

/* Nothing of ours is wider than its UTF-8; ends of lines need no precision. */
static int terminal_width(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

static void put_since(struct buf *out, const struct feedback *feedback, const struct result *r)
{
    struct zone_time local;
    if (r->first_ms == DB_NULL || zone_local(feedback->timezone, r->first_ms, &local) != OK) return;
    buf_printf(out, " · %s %02d:%02d", feedback->settings.vietnamese ? "từ" : "since", local.hour, local.minute);
    if (r->first_gate && strcmp(r->first_gate, r->gate) != 0) put_part(out, r->first_gate);
}

/* Minutes, at least one, so that "0" never looks like "now". */
static long long minutes(int64_t ms)
{
    return ms < CLOCK_MINUTE ? 1 : (long long)(ms / CLOCK_MINUTE);
}

/* What the answer stands on when the server did not give it, and what it has not heard yet. */
static void put_doubts(struct buf *out, bool vietnamese, const struct result *r)
{
    if (r->roster_age_ms >= 0)
        buf_printf(out, vietnamese ? "  [ngoài mạng, danh sách %lld phút trước]" : "  [server away, list %lld min old]", minutes(r->roster_age_ms));
    if (r->waiting > 0)
        buf_printf(out, vietnamese ? "  [%lld chờ gửi, %lld phút]" : "  [%lld waiting, %lld min]", (long long)r->waiting, minutes(r->oldest_age_ms));
}

/* What is good to know, as long as the line has room for it. */
static void put_if_fits(struct buf *out, size_t room, const struct buf *part)
{
    if (buf_ok(part) && text_length(buf_text(out)) + text_length(buf_text(part)) <= room) buf_add(out, part->data, part->length);
}

/* What the person must hear comes first, and all of it; seat, box, delegation and category while they fit into the terminal's width. */
static void put_parts(struct buf *out, const struct feedback *feedback, const struct result *r, size_t width)
{
    struct buf doubts, part;
    buf_init(&doubts, BUF_LIMIT_LINE);
    buf_init(&part, BUF_LIMIT_LINE);
    bool vietnamese = feedback->settings.vietnamese;
    enum reason reason = reason_from_code(r->reason);
    put_part(out, r->name);
    if (strcmp(r->outcome, "already_in") == 0 || (r->reason && strcmp(r->reason, "already_handed_out") == 0)) put_since(out, feedback, r);
    put_part(out, reason != REASON_none ? sentence_of(reason, vietnamese) : r->reason);
    put_part(out, r->seat);
    if (r->is_nearly_full && r->places_left > 0) buf_printf(&doubts, vietnamese ? "  [chỉ còn %lld chỗ]" : "  [only %lld places left]", (long long)r->places_left);
    put_doubts(&doubts, vietnamese, r);
    size_t after = buf_ok(&doubts) ? text_length(buf_text(&doubts)) : 0, room = width > after ? width - after : 0;
    if (r->badge_box) buf_printf(&part, " · %s %s", vietnamese ? "hộp" : "box", r->badge_box);
    put_if_fits(out, room, &part);
    buf_clear(&part);
    put_part(&part, r->delegation);
    put_if_fits(out, room, &part);
    buf_clear(&part);
    put_category(&part, feedback, r);
    put_if_fits(out, room, &part);
    if (buf_ok(&doubts)) buf_add(out, doubts.data, doubts.length);
    buf_release(&doubts);
    buf_release(&part);
}

static void put_look(struct buf *out, const struct feedback *feedback, const struct result *r)
{
    const struct look *look = look_of(r->outcome);
    struct buf line;
    size_t width = feedback->sounds ? (size_t)terminal_width(feedback->line_fd) : BUF_LIMIT_LINE; /* a file has room */
    buf_init(&line, BUF_LIMIT_LINE);
    buf_printf(&line, " %s  %s", look->sign, feedback->settings.vietnamese ? look->vietnamese : look->english);
    put_parts(&line, feedback, r, width);
    if (feedback->sounds) buf_puts(out, look->sound);
    if (feedback->colours) buf_puts(out, look->colour);
    buf_puts(out, buf_text(&line));
    for (size_t n = text_length(buf_text(&line)); feedback->colours && n < width; n++) buf_putc(out, ' ');
    buf_puts(out, feedback->colours ? "\033[0m\n" : "\n");
    buf_release(&line);
}

void feedback_result(struct feedback *feedback, const struct result *result)
{
    struct buf line;
    struct fault fault;
    buf_init(&line, BUF_LIMIT_LINE);
    if (feedback->status) status_result(feedback->status, result);
    if (feedback->hook && hook_run(feedback->hook, result, &fault) != OK) feedback_notice(feedback, false, fault.text);
    if (feedback->settings.json) {
        put_json(&line, result);
        write_line(feedback, STDOUT_FILENO, &line);
        buf_clear(&line);
    }
    put_look(&line, feedback, result);
    write_line(feedback, feedback->line_fd, &line);
    buf_release(&line);
}

void feedback_foreign(struct feedback *feedback, enum foreign_kind kind)
{
    static const char *const english[FOREIGN_KINDS] = {"an empty code", "a Wi-Fi code", "a contact card", "a web address", "a mail or phone code",
                                                       "a product or number code", "a code", "a badge of another event"};
    static const char *const vietnamese[FOREIGN_KINDS] = {"mã trống", "mã Wi-Fi", "danh thiếp", "địa chỉ web", "mã thư hoặc điện thoại",
                                                          "mã vạch, mã số", "một mã", "thẻ của sự kiện khác"};
    struct buf line;
    if (feedback->status) status_foreign(feedback->status, kind);
    buf_init(&line, BUF_LIMIT_LINE);
    if (feedback->settings.vietnamese) buf_printf(&line, " ?  Đây là %s, không phải thẻ của chúng ta: không tính.\n", vietnamese[kind]);
    else buf_printf(&line, " ?  This is %s, not one of our badges: not counted.\n", english[kind]);
    write_line(feedback, feedback->line_fd >= 0 ? feedback->line_fd : STDERR_FILENO, &line); /* it is no scan: not among the JSON lines */
    buf_release(&line);
}

void feedback_device(struct feedback *feedback, const struct device_news *news)
{
    struct buf line;
    const struct fields fields = {.out = &line};
    buf_init(&line, BUF_LIMIT_LINE);
    if (feedback->status) status_device(feedback->status, news);
    if (feedback->settings.json) {
        buf_putc(&line, '{');
        fields_put_text(&fields, "device", news->device);
        fields_put_text(&fields, "state", device_state_name(news->state));
        fields_put_time(&fields, "at", clock_now_ms());
        fields_put_text(&fields, "text", news->text);
        buf_puts(&line, "}\n");
        write_line(feedback, STDOUT_FILENO, &line);
    }
    buf_release(&line);
    feedback_notice(feedback, news->state != DEVICE_READS, news->text);
}

void feedback_notice(struct feedback *feedback, bool loud, const char *text)
{
    struct buf line;
    buf_init(&line, BUF_LIMIT_LINE);
    bool tty = isatty(STDERR_FILENO), red = loud && wants_colours(STDERR_FILENO);
    buf_printf(&line, "%s%splenum-scanner: %s%s\n", loud && tty ? "\a" : "", red ? "\033[1;31m" : "", text, red ? "\033[0m" : "");
    write_line(feedback, STDERR_FILENO, &line);
    buf_release(&line);
}
