#include "core/congress/messages/chat_text.h"
#include "core/congress/messages/announcements.h"

static bool has(const char *text)
{
    return text && *text;
}

static void begin_part(struct buf *out)
{
    if (out->length) buf_puts(out, "\n\n");
}

static void put_own(const struct chat_text *t, struct buf *out, const char *text)
{
    buf_printf(out, t->isolate ? "\xe2\x81\xa8%s\xe2\x81\xa9" : "%s", text);
}

static void put_sessions(const struct chat_text *t, struct buf *out)
{
    if (!t->session_count) return;
    begin_part(out);
    buf_puts(out, t->programme_title);
    for (size_t i = 0; i < t->session_count; i++) {
        const struct chat_session *s = &t->sessions[i];
        buf_printf(out, "\n%s–%s  ", s->from, s->until);
        put_own(t, out, s->title);
        if (!has(s->room)) continue;
        buf_puts(out, " (");
        put_own(t, out, s->room);
        buf_putc(out, ')');
    }
}

static void put_papers(const struct chat_text *t, struct buf *out)
{
    if (!t->paper_count) return;
    begin_part(out);
    buf_puts(out, t->papers_title);
    for (size_t i = 0; i < t->paper_count; i++) {
        buf_puts(out, "\n• ");
        put_own(t, out, t->papers[i]);
    }
}

static void put_wifi(const struct chat_text *t, struct buf *out)
{
    if (!has(t->wifi_name)) return;
    begin_part(out);
    buf_printf(out, "%s %s", t->wifi_title, t->wifi_name);
    if (has(t->wifi_password)) buf_printf(out, "\n%s %s", t->password_title, t->wifi_password);
}

enum err chat_text_write(const struct chat_text *t, struct buf *ret)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    if (has(t->title)) buf_puts(&out, t->title);
    if (has(t->announcement)) {
        begin_part(&out);
        if (has(t->urgent_word)) buf_printf(&out, "%s ", t->urgent_word);
        buf_puts(&out, t->announcement);
    }
    put_sessions(t, &out);
    put_papers(t, &out);
    put_wifi(t, &out);
    if (has(t->link)) {
        begin_part(&out);
        buf_printf(&out, "%s\n%s", t->link_title, t->link);
    }
    buf_putc(&out, '\0');
    enum err e = !buf_ok(&out) ? ERR_NOMEM : announcement_names_badge(out.data) ? ERR_DENIED : OK;
    if (e == OK) buf_add(ret, out.data, out.length - 1);
    buf_release(&out);
    return e == OK && !buf_ok(ret) ? ERR_NOMEM : e;
}
