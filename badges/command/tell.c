#include "badges/command/tell.h"

#include "badges/command/print_command.h"
#include "badges/command/volumes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MODULES_WISHED 29
#define CHANGES_TOLD 20

/* Digests mean nothing to people. */
static bool is_digest(enum print_fact fact)
{
    return fact == PRINT_FACT_PHOTO || fact == PRINT_FACT_LOGO || fact == PRINT_FACT_WIFI || fact == PRINT_FACT_PROGRAMME || fact == PRINT_FACT_PAPERS;
}

static void put_change(struct buf *out, const struct print_change *change)
{
    buf_puts(out, print_fact_name(change->fact));
    if (is_digest(change->fact)) buf_puts(out, !change->before ? " is new" : !change->now ? " is gone" : " is another");
    else buf_printf(out, " %s → %s", change->before ? change->before : "–", change->now ? change->now : "–");
}

void tell_log(struct session *s)
{
    const struct print_count *before = &s->ready.before;
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    if (!s->wish.keep && before->printed && !s->options->again && !s->options->print && !s->wish.reissue) {
        const char *when = print_log_when(&s->arena, s->ready.list.timezone, before->last->printed->printed_ms);
        fprintf(stderr, "plenum-badges: %zu of these were printed before (last %s by %s); --not-printed leaves them out\n", before->printed, when ? when : "",
                before->last->printed->actor);
    }
    for (size_t i = 0; i < s->ready.common_count; i++) {
        buf_clear(&out);
        put_change(&out, &s->ready.common[i]);
        fprintf(stderr, "plenum-badges: printed before, and no longer so for all: %s; this run does not print those badges anew\n", buf_text(&out));
    }
    buf_release(&out);
}

static void tell_cuts(const struct session *s)
{
    const struct badge_report *r = &s->report;
    if (r->cut_names) fprintf(stderr, "plenum-badges: %zu NAME%s too long for the place and end in …: take a layout with more room\n", r->cut_names,
                              r->cut_names == 1 ? " is" : "S are");
    if (r->cut > r->cut_names) fprintf(stderr, "plenum-badges: %zu text%s too long for the place and end in …\n", r->cut - r->cut_names,
                                       r->cut - r->cut_names == 1 ? " is" : "s are");
    for (size_t i = 0; i < r->cuts_told; i++) {
        const struct badge_cut *cut = &r->cuts[i];
        const struct badge_list_row *row = &s->ready.list.rows[cut->badge];
        const char *code = row->person_code ? row->person_code : row->number;
        fprintf(stderr, "  %s%s%s: %s[%zu]\n", code ? code : "", row->name ? " " : "", row->name ? row->name : "", cut->back ? "back" : "front", cut->part);
    }
    if (r->cut > r->cuts_told) fprintf(stderr, "  and %zu more\n", r->cut - r->cuts_told);
}

void tell_warnings(const struct session *s)
{
    const struct badge_report *r = &s->report;
    if (s->ready.logo_flaw) fprintf(stderr, "plenum-badges: the organization's logo is left out: %s\n", s->ready.logo_flaw);
    if (s->guessed) fprintf(stderr, "plenum-badges: the QR codes say %s, this machine's address now; give --public-url to be sure\n", s->base_url);
    if (r->modules > MODULES_WISHED)
        fprintf(stderr, "plenum-badges: the address is long: QR codes of %u × %u cells are harder to read; a shorter host helps\n", r->modules, r->modules);
    if (r->cut) tell_cuts(s);
    if (r->helped) fprintf(stderr, "plenum-badges: %zu texts are in another font than the layout names: it is missing here, or lacks a letter\n", r->helped);
    if (r->missing) fprintf(stderr, "plenum-badges: %zu texts have characters that no font has; they are printed as boxes\n", r->missing);
    if (s->photos_bad) fprintf(stderr, "plenum-badges: %zu photos cannot be used; those badges show initials\n", s->photos_bad);
}

/* "P0007 Lê Như: name Lê Nhu → Lê Như, seat – → B12" */
static void print_changes(const struct session *s)
{
    struct buf out;
    size_t told = 0, changed = 0;
    buf_init(&out, BUF_LIMIT_LINE);
    for (size_t i = 0; i < s->ready.list.count; i++) {
        const struct badge_list_row *row = &s->ready.list.rows[i];
        if (!row->change_count || ++changed > CHANGES_TOLD) continue;
        buf_clear(&out);
        for (size_t k = 0; k < row->change_count; k++) {
            buf_puts(&out, k ? ", " : "");
            put_change(&out, &row->changes[k]);
        }
        const char *code = row->person_code ? row->person_code : row->number;
        printf("  %s%s%s: %s\n", code ? code : "", row->name ? " " : "", row->name ? row->name : "", buf_text(&out));
        told++;
    }
    if (changed > told) printf("  and %zu more\n", changed - told);
    buf_release(&out);
}

static void put_json_changes(const struct session *s, struct buf *out)
{
    bool first = true;
    buf_puts(out, ",\"changes\":[");
    for (size_t i = 0; i < s->ready.list.count; i++) {
        const struct badge_list_row *row = &s->ready.list.rows[i];
        for (size_t k = 0; k < row->change_count; k++) {
            static const char *const keys[] = {"{\"person\":", ",\"number\":", ",\"fact\":", ",\"before\":", ",\"now\":"};
            const char *values[] = {row->person_code, row->number, print_fact_name(row->changes[k].fact), row->changes[k].before, row->changes[k].now};
            buf_puts(out, first ? "" : ",");
            first = false;
            for (size_t v = 0; v < sizeof keys / sizeof keys[0]; v++) {
                buf_puts(out, keys[v]);
                if (values[v]) buf_put_json(out, values[v]);
                else buf_puts(out, "null");
            }
            buf_putc(out, '}');
        }
    }
    buf_putc(out, ']');
}

static void put_json_log(const struct session *s, struct buf *out)
{
    const struct print_count *before = &s->ready.before;
    buf_printf(out, ",\"run\":\"%" PRId64 "\",\"printed_before\":%zu,\"not_printed_before\":%zu,\"changed\":%zu", s->run_id, before->printed, before->not_printed,
               before->changed);
    if (s->wish.reissue) buf_printf(out, ",\"issue\":%" PRId64, s->reissue.issue);
    if (s->wish.keep & PRINT_KEEP_CHANGED) put_json_changes(s, out);
}

static void tell_result_json(struct session *s, int64_t took_ms)
{
    const struct badge_report *r = &s->report;
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    buf_puts(&out, "{\"file\":");
    const char *file = volumes_name(s, 0);
    if (file) buf_put_json(&out, file);
    else buf_puts(&out, "null");
    buf_puts(&out, ",\"public_url\":");
    buf_put_json(&out, s->base_url);
    buf_printf(&out, ",\"badges\":%zu,\"pages\":%zu,\"files\":%zu,\"bytes\":%zu,\"cut\":%zu,\"cut_names\":%zu,\"missing\":%zu,\"modules\":%u,\"photos\":%zu,"
               "\"bad_photos\":%zu",
               r->badges, r->pages, s->volumes, s->bytes, r->cut, r->cut_names, r->missing, r->modules, s->photos_read, s->photos_bad);
    if (s->options->verify) buf_printf(&out, ",\"verified\":%zu", s->verified);
    put_json_log(s, &out);
    print_tell_json(s, &out);
    buf_printf(&out, ",\"milliseconds\":%lld}\n", (long long)took_ms);
    fputs(buf_text(&out), stdout);
    buf_release(&out);
}

void tell_result(struct session *s, int64_t took_ms)
{
    const struct badge_options *o = s->options;
    const struct badge_report *r = &s->report;
    if (o->json) {
        tell_result_json(s, took_ms);
        return;
    }
    const char *first = volumes_name(s, 0);
    printf("%s%s%zu badges on %zu pages%s", first ? first : "", first ? ": " : "", r->badges, r->pages, o->verify ? ", every QR code read back" : "");
    if (s->volumes > 1) printf(", in %zu files", s->volumes);
    if (s->wish.reissue) printf("; issue %" PRId64 " for %s, the earlier badge is dead", s->reissue.issue, s->reissue.name ? s->reissue.name : s->reissue.code);
    print_tell(s);
    printf("\n");
    if (s->wish.keep & PRINT_KEEP_CHANGED) print_changes(s);
}

void tell_nothing(const struct session *s)
{
    const char *what = s->wish.keep == PRINT_KEEP_CHANGED ? "no printed badge changed" : s->wish.keep == PRINT_KEEP_NOT_PRINTED ? "everybody was printed before"
                                                                                       : "everybody was printed before, and nothing changed";
    if (s->options->json)
        printf("{\"file\":null,\"badges\":0,\"pages\":0,\"files\":0,\"run\":null,\"printed_before\":%zu,\"not_printed_before\":0,\"changed\":0%s}\n",
               s->ready.before.printed, s->wish.keep & PRINT_KEEP_CHANGED ? ",\"changes\":[]" : "");
    else
        printf("nothing to print: %s; no file is written\n", what);
}
