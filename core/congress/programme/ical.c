#include "core/congress/programme/ical.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

#define LINE_OCTETS 75 /* RFC 5545 §3.1, without the line break */

/* Adds a content line, folded: a line break and one space between two characters. */
static void put_line(struct buf *out, const char *line)
{
    size_t room = LINE_OCTETS;
    while (*line) {
        size_t n = strlen(line);
        if (n > room) {
            n = room;
            while (n > 1 && ((unsigned char)line[n] & 0xC0) == 0x80) n--;
        }
        buf_add(out, line, n);
        line += n;
        if (*line) buf_puts(out, "\r\n ");
        room = LINE_OCTETS - 1;
    }
    buf_puts(out, "\r\n");
}

/* A TEXT value (§3.3.11). */
static void put_text(struct buf *out, const char *name, const char *text)
{
    struct buf line;
    if (!text || !*text) return;
    buf_init(&line, BUF_LIMIT_LINE);
    buf_printf(&line, "%s:", name);
    for (; *text; text++) {
        if (*text == '\n') buf_puts(&line, "\\n");
        else if (*text == '\\' || *text == ';' || *text == ',') buf_printf(&line, "\\%c", *text);
        else if ((unsigned char)*text >= 0x20 && *text != 0x7f) buf_putc(&line, *text);
    }
    if (buf_ok(&line)) put_line(out, buf_text(&line));
    else out->failed = true;
    buf_release(&line);
}

static void put_time(struct buf *out, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(ms, text); /* 2026-12-01T00:31:05.123Z */
    buf_printf(out, "%s:%.4s%.2s%.2sT%.2s%.2s%.2sZ\r\n", name, text, text + 5, text + 8, text + 11, text + 14, text + 17);
}

void ical_write(struct buf *out, const char *name, const struct ical_event *events, size_t count, int64_t now_ms)
{
    buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Plenum//Programme//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
    put_text(out, "X-WR-CALNAME", name);
    for (size_t i = 0; i < count; i++) {
        const struct ical_event *event = &events[i];
        buf_puts(out, "BEGIN:VEVENT\r\n");
        put_text(out, "UID", event->uid);
        put_time(out, "DTSTAMP", now_ms);
        put_time(out, "DTSTART", event->starts_ms);
        put_time(out, "DTEND", event->ends_ms);
        put_text(out, "SUMMARY", event->summary);
        put_text(out, "LOCATION", event->location);
        put_text(out, "DESCRIPTION", event->description);
        buf_puts(out, "TRANSP:OPAQUE\r\nEND:VEVENT\r\n");
    }
    buf_puts(out, "END:VCALENDAR\r\n");
}
