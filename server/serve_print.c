/* What `plenum serve` tells the person at the laptop. Tokens are printed only on request (--welcome), to the terminal, never to the log. */
#include "badges/paint/qr.h"
#include "core/base/clock.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/event_page.h"
#include "core/congress/store/practice.h"
#include "server/serve_parts.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum err serve_first_account(struct app *app, struct fault *fault)
{
    struct sql_serve_account_count_row row;
    enum err e = sql_serve_account_count(app->store.db, &app->arena, &row);
    if (e != OK) return db_fault(app->store.db, e, fault, "read the accounts");
    if (row.total > 0) return OK;
    char password[ACCOUNT_PASSWORD_SIZE], hash[CRYPTO_PASSWORD_SIZE];
    int64_t id;
    account_make_password(password);
    e = crypto_password_hash(password, hash);
    if (e == OK) e = account_create(app->store.db, "admin", hash, true, &(struct account_role){.kind = ACCOUNT_ORGANISER}, clock_now_ms(), &id, fault);
    if (e != OK) return e;
    printf("\n  First sign-in:  name admin   password %s\n  (shown only now; change it with `plenum user passwd admin`)\n", password);
    return OK;
}

/* Two rows of cells in one line of text; white ground, four cells of quiet zone (ISO/IEC 18004 §9.1). */
static void print_qr(const char *url)
{
    struct arena arena = {0};
    struct qr qr;
    if (qr_make(url, &arena, &qr) == OK) {
        int side = (int)qr.side, quiet = 4;
        for (int y = -quiet; y < side + quiet; y += 2) {
            printf("  ");
            for (int x = -quiet; x < side + quiet; x++) {
                bool in = x >= 0 && x < side;
                bool up = in && y >= 0 && y < side && (qr.cells[y * side + x] & 1);
                bool down = in && y + 1 >= 0 && y + 1 < side && (qr.cells[(y + 1) * side + x] & 1);
                printf("%s", up ? (down ? " " : "▄") : (down ? "▀" : "█"));
            }
            printf("\n");
        }
    }
    arena_release(&arena);
}

static void print_event(struct app *app, const char *slug)
{
    struct sql_serve_one_badge_row badge;
    struct event_page event;
    const char *here = app->plain_base ? app->plain_base : app->secure_base; /* this machine needs no certificate to be trusted */
    printf("\n  On this machine:\n  Desk            %s/desk/%s\n  Wall            %s/display/%s\n  Console         %s/admin/%s\n", here, slug, here, slug, here, slug);
    if (event_page_load(app->store.db, &app->arena, slug, &event) == OK && event.display_code)
        printf("  Walls           %s/w   code %s\n", app->public_url, event.display_code);
    if (sql_serve_one_badge(app->store.db, &app->arena, slug, &badge) != OK) return;
    char *url = badge_url(&app->arena, app->public_url, badge.token);
    if (!url) return;
    printf("\n  One delegate's page (%s):\n  %s\n\n", badge.name, url);
    print_qr(url);
}

static void print_host_warnings(struct app *app)
{
    struct event_page_host *hosts;
    size_t n;
    bool colour = isatty(STDOUT_FILENO);
    const char *own = strstr(app->public_url, "://") + 3;
    if (event_page_print_hosts(app->store.db, &app->arena, 0, &hosts, &n) != OK) return;
    for (size_t i = 0; i < n; i++) {
        if (app_answers_to(app, hosts[i].host)) continue;
        printf("\n%s  WARNING: %" PRId64 " printed %s%s point at %s, but this server answers at %s.\n"
               "  Give this machine that address again, or start with --public-url and print anew.%s\n",
               colour ? "\033[1;31m" : "", hosts[i].badges, hosts[i].event ? "badges of " : "member cards", hosts[i].event ? hosts[i].event : "",
               hosts[i].host, own, colour ? "\033[0m" : "");
    }
}

void serve_print_addresses(struct app *app, const char *welcome)
{
    if (practice_is_marked(app->store.folder)) printf("\n  PRACTICE: a rehearsal's copy. Nothing that happens here is a record.\n");
    printf("\n  Plenum runs.    Data folder %s\n\n  Public address  %s%s\n", app->store.folder, app->public_url,
           app->public_url_guessed ? "   (guessed from this machine's network; fix it with --public-url before you print)" : "");
    if (app->plain_base) printf("  This machine    %s\n", app->plain_base);
    if (app->secure_base) printf("  Staff, devices  %s\n", app->secure_base);
    if (app->fingerprint) printf("  Fingerprint     %s\n", app->fingerprint);
    if (welcome) print_event(app, welcome);
    else printf("  Walls           %s/w   (each event's six digits stand on its console)\n", app->public_url);
    print_host_warnings(app);
    printf("\n");
    (void)fflush(stdout);
}
