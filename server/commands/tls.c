/* `plenum tls`: makes the local authority, and shows what phones and scanners are to trust. */
#include "server/commands/tls.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/opt.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"
#include "server/commands/tls_guide.h"
#include "server/tls/authority.h"

#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    const char *data, *cert, *key, *guide, *language, *public_url;
    bool json;
};

struct session {
    const struct options *options;
    struct arena arena;
    const char *folder; /* absolute */
    struct tls_names names;
    struct tls_material material;
};

static enum err add_name(struct session *s, const char *url, struct fault *fault)
{
    enum err e = tls_names_add(&s->names, &s->arena, url);
    if (e == ERR_INPUT) return fault_set(fault, e, "the public URL \"%.200s\" has no host that a certificate can name", url);
    return e ? fault_set(fault, e, "not enough memory") : OK;
}

/* The public URLs that the data folder knows: what `plenum serve` will be called by. A folder without a database has none yet. */
static enum err add_public_urls(struct session *s, struct fault *fault)
{
    struct store store = {0};
    struct sql_serve_event_urls_row *urls = NULL;
    size_t count = 0;
    const char *stored = NULL, *database = file_join(&s->arena, s->folder, "plenum.db");
    if (!database) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (!file_exists(database)) return OK;
    enum err e = store_open(s->folder, STORE_READ, &store, fault);
    if (e) return e;
    e = setting_read(store.db, &s->arena, "public_url", &stored);
    if (e == OK) e = sql_serve_event_urls(store.db, &s->arena, &urls, &count);
    if (e) e = db_fault(store.db, e, fault, "read the public URLs");
    if (e == OK && stored) e = add_name(s, stored, fault);
    for (size_t i = 0; i < count && !e; i++) e = add_name(s, urls[i].public_url, fault);
    store_close(&store);
    return e;
}

static enum err load(struct session *s, bool may_write, struct fault *fault)
{
    const char *folder = store_choose_folder(s->options->data);
    enum err e = may_write ? file_make_directories(folder, fault) : OK;
    if (e) return e;
    char *real = realpath(folder, NULL);
    if (!real) return fault_set(fault, ERR_NOT_FOUND, "there is no data folder \"%s\": name it with --data", folder);
    s->folder = arena_strdup(&s->arena, real);
    free(real);
    if (!s->folder) return fault_set(fault, ERR_NOMEM, "not enough memory");
    e = add_public_urls(s, fault);
    if (e == OK && tls_names_of_machine(&s->names, &s->arena)) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    const struct tls_wish wish = {s->folder, s->options->cert, s->options->key, &s->names, clock_now_ms(), may_write};
    return e ? e : tls_material_load_wish(&wish, &s->material, fault);
}

/* --- showing --------------------------------------------------------------------------------------------------------------------- */

static const char *path_of(struct session *s, const char *own, const char *name)
{
    const char *path = own ? own : tls_path(&s->arena, s->folder, name);
    return path ? path : "";
}

static const char *day_of(int64_t ms, char out[CLOCK_TEXT_SIZE])
{
    clock_format(ms, out);
    out[10] = '\0';
    return out;
}

static json_t *authority_json(struct session *s)
{
    char until[CLOCK_TEXT_SIZE];
    const struct tls_material *m = &s->material;
    if (!m->authority_pem) return json_null();
    return json_pack("{s:s,s:s,s:s,s:s}", "name", m->authority_name, "certificate", path_of(s, NULL, "authority.crt"), "fingerprint", m->fingerprint,
                     "not_after", clock_format(m->authority_not_after_ms, until));
}

static enum err print_json(struct session *s, struct fault *fault)
{
    char until[CLOCK_TEXT_SIZE];
    const struct tls_material *m = &s->material;
    json_t *names = json_array();
    bool failed = !names;
    for (size_t i = 0; i < m->names.count && !failed; i++) failed = json_array_append_new(names, json_string(m->names.items[i])) != 0;
    json_t *value = json_pack("{s:s,s:s,s:o,s:{s:s,s:s,s:o,s:s,s:b}}", "fingerprint", m->fingerprint, "pin", m->pin, "authority",
                              json_sure(authority_json(s), &failed), "server", "certificate", path_of(s, s->options->cert, "server.crt"), "key",
                              path_of(s, s->options->key, "server.key"), "names", names, "not_after", clock_format(m->not_after_ms, until), "renewal_due",
                              m->due);
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    enum err e = value && !failed ? json_write(value, true, &out) : ERR_NOMEM;
    json_decref(value);
    if (e == OK && !buf_ok(&out)) e = ERR_NOMEM;
    if (e == OK) printf("%s\n", buf_text(&out));
    buf_release(&out);
    return e ? fault_set(fault, e, "not enough memory") : OK;
}

static void print_server(struct session *s)
{
    char until[CLOCK_TEXT_SIZE];
    const struct tls_material *m = &s->material;
    printf("server certificate\n  file         %s\n  good until   %s%s\n", path_of(s, s->options->cert, "server.crt"), day_of(m->not_after_ms, until),
           m->due ? " (a renewal is due: the next start of plenum serve makes it, or plenum tls init)" : "");
    printf("  names        ");
    for (size_t i = 0; i < m->names.count; i++) printf("%s%s", i ? ", " : "", m->names.items[i]);
    printf("\n  pin          %s\n", m->pin);
}

static void print_text(struct session *s)
{
    char until[CLOCK_TEXT_SIZE];
    const struct tls_material *m = &s->material;
    if (!m->authority_pem) {
        print_server(s);
        printf("  fingerprint  %s\n", m->fingerprint);
        return;
    }
    printf("%s\n  file         %s\n  good until   %s\n  fingerprint  %s (SHA-256)\n", m->authority_name, path_of(s, NULL, "authority.crt"),
           day_of(m->authority_not_after_ms, until), m->fingerprint);
    print_server(s);
}

static void print_advice(struct session *s)
{
    if (!s->material.authority_pem) return;
    printf("\nDelegates need none of this: badge pages are plain http. Scanners learn the pin with their pairing code.\n"
           "Staff see their browser's warning once, compare the fingerprint, and go on; or install authority.crt: phones open http://ADDRESS:8080/trust,\n"
           "and `plenum tls show --guide FILE.pdf` makes a page to print with a code that leads there. By hand (copy it by cable or mail):\n"
           "  Android   Settings > Security > More > Install a certificate > CA certificate\n"
           "  iPhone    open the file; Settings > Profile downloaded > Install; then General > About > Certificate trust settings: switch it on\n"
           "  Windows   open the file > Install certificate > Local machine > Trusted root certification authorities\n"
           "  macOS     open the file in Keychain Access, then Trust > Always trust\n"
           "  Firefox   Settings > Privacy & security > Certificates > View > Authorities > Import\n"
           "Install it only on devices of the organisation, and remove it after the event: who holds %s can pose as any site to them.\n",
           path_of(s, NULL, "authority.key"));
}

/* --- words ----------------------------------------------------------------------------------------------------------------------- */

static enum err init(struct session *s, struct fault *fault)
{
    enum err e = load(s, true, fault);
    if (e) return e;
    if (s->options->json) return print_json(s, fault);
    const struct tls_material *m = &s->material;
    if (m->made) puts("a new local authority was made");
    else puts(m->renewed ? "the server's certificate was made anew; authority and pin stay" : "nothing to do: all is there");
    print_text(s);
    return OK;
}

static enum err show(struct session *s, struct fault *fault)
{
    enum err e = load(s, false, fault);
    if (e) return e;
    const struct options *o = s->options;
    const struct tls_guide guide = {o->guide, o->language, o->public_url, s->folder, &s->material, &s->names};
    if (o->guide) return tls_guide_write(&guide, &s->arena, fault);
    if (o->json) return print_json(s, fault);
    print_text(s);
    print_advice(s);
    return OK;
}

int command_tls(int argc, char **argv)
{
    struct options options = {0};
    struct session session = {.options = &options};
    struct fault fault = {0};
    const char *words[1] = {""};
    size_t count = 0;
    bool help = false;
    const struct opt table[] = {
        {.name = "data", .kind = OPT_TEXT, .target = &options.data, .value = "DIR", .help = "the data folder (default ./plenum-data, or PLENUM_DATA)"},
        {.name = "tls-cert", .kind = OPT_TEXT, .target = &options.cert, .value = "FILE", .help = "show: a certificate of your own, as given to plenum serve"},
        {.name = "tls-key", .kind = OPT_TEXT, .target = &options.key, .value = "FILE", .help = "show: its private key"},
        {.name = "guide", .kind = OPT_TEXT, .target = &options.guide, .value = "FILE.pdf",
         .help = "show: a page to print, by which phones of staff come to trust this authority"},
        {.name = "language", .kind = OPT_TEXT, .target = &options.language, .value = "LANG", .help = "of the guide: vi, en, pt or ar (the organisation's first)"},
        {.name = "public-url", .kind = OPT_TEXT, .target = &options.public_url, .value = "URL",
         .help = "of the guide: where phones find this server (what it was served as)"},
        {.name = "json", .kind = OPT_FLAG, .target = &options.json, .help = "for scripts"}};
    const struct opt_command command = {
        .usage = "plenum tls init|show [--data DIR] [--json] [--guide FILE.pdf [--language LANG]]",
        .about = "init makes the local authority and the server's certificate, unless they are there, and renews the certificate when this machine\n"
                 "has new addresses; plenum serve does the same at its start. show says where they are, what they are good for, what scanners pin,\n"
                 "and how a phone learns to trust them; it changes nothing.",
        .options = table, .option_count = sizeof table / sizeof table[0], .least_words = 1, .most_words = 1};
    enum err e = opt_parse(&command, argc, argv, words, &count, &help, &fault);
    bool is_init = strcmp(words[0], "init") == 0;
    if (e == OK && help) opt_print_help(&command);
    else if (e == OK && !is_init && strcmp(words[0], "show") != 0) e = fault_set(&fault, ERR_USAGE, "\"%s\": plenum tls knows init and show", words[0]);
    else if (e == OK && options.guide && (is_init || options.json)) e = fault_set(&fault, ERR_USAGE, "--guide belongs to show, and not to --json");
    else if (e == OK && !options.guide && (options.language || options.public_url)) e = fault_set(&fault, ERR_USAGE, "--language and --public-url belong to --guide");
    else if (e == OK && is_init && (options.cert || options.key)) e = fault_set(&fault, ERR_USAGE, "a certificate of your own needs no init: give it to plenum serve");
    else if (e == OK) e = is_init ? init(&session, &fault) : show(&session, &fault);
    tls_material_release(&session.material);
    arena_release(&session.arena);
    return command_end("tls", e, &fault);
}
