/* What needs no printer: which paper fits, how reasons are told, what can be a destination, badges that are on their way, printers in the settings. */
#include "badges/badges.h"
#include "badges/printer/printer.h"
#include "badges/printer/printer_ipp.h"
#include "badges/printer/printer_media.h"
#include "core/congress/badges/printers.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_sizes(struct check *c)
{
    static const struct {
        const char *name;
        double width, height;
    } good[] = {{"iso_a4_210x297mm", 210, 297}, {"na_letter_8.5x11in", 215.9, 279.4}, {"oe_label_62x100mm", 62, 100}, {"custom_5.5x8.5in_5.5x8.5in", 139.7, 215.9}};
    static const char *const bad[] = {"", "a4", "iso_a4", "iso_a4_210mm", "iso_a4_210x297", "iso_a4_x297mm", "iso_a4_-210x297mm",
                                      "iso_a4_210x297pt", "x_1e9x1mm", "x_nanxnanmm", "x_0x0mm"};
    double width, height;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK(c, media_size_of(good[i].name, &width, &height) && fabs(width - good[i].width) < 0.01 && fabs(height - good[i].height) < 0.01);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) CHECK(c, !media_size_of(bad[i], &width, &height));
}

static void check_choice(struct check *c)
{
    static const char *const names[] = {"na_letter_8.5x11in", "iso_a4_210x297mm", "iso_a5_148x210mm", "om_card_54x86mm",
                                        "custom_min_20x20mm", "custom_max_100x300mm", "nonsense"};
    const size_t count = sizeof names / sizeof names[0];
    struct media_choice m = media_choose(names, count, 210, 297);
    CHECK(c, m.found == MEDIA_NAMED && strcmp(m.name, "iso_a4_210x297mm") == 0);
    m = media_choose(names, count, 297, 210);
    CHECK(c, m.found == MEDIA_NAMED && strcmp(m.name, "iso_a4_210x297mm") == 0);
    m = media_choose(names, count, 85.6, 53.98);
    CHECK(c, m.found == MEDIA_NAMED && strcmp(m.name, "om_card_54x86mm") == 0);
    m = media_choose(names, count, 62, 100);
    CHECK(c, m.found == MEDIA_FREE && m.width > 61.9 && m.width < 62.1 && m.height > 99.9 && m.height < 100.1);
    m = media_choose(names, count, 200, 90);
    CHECK(c, m.found == MEDIA_FREE && m.width < 91 && m.height > 199); /* as the printer feeds it */
    m = media_choose(names, count, 297, 420);
    CHECK(c, m.found == MEDIA_NONE && strcmp(m.name, "iso_a4_210x297mm") == 0);
    m = media_choose(names, 0, 210, 297);
    CHECK(c, m.found == MEDIA_NONE && !m.name);
    static const char *const roll[] = {"roll_min_12x25mm", "roll_max_62x1000mm"};
    CHECK(c, media_choose(roll, 2, 62, 100).found == MEDIA_FREE);
    CHECK(c, media_choose(roll, 2, 63, 100).found == MEDIA_NONE);
    CHECK(c, !media_choose(roll, 2, 63, 100).name); /* the ends of a range are no papers */
}

static void check_words(struct check *c)
{
    char room[PRINTER_NAME_SIZE], longest[1000];
    CHECK_TEXT(c, printer_reason_words("media-empty-error", room), "there is no paper in it");
    CHECK_TEXT(c, printer_reason_words("media-empty", room), "there is no paper in it");
    CHECK_TEXT(c, printer_reason_words("document-format-error", room), "it cannot read the document");
    CHECK_TEXT(c, printer_reason_words("com.example.hungry-warning", room), "com.example.hungry");
    CHECK_TEXT(c, printer_reason_words("-error", room), "-error");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    CHECK(c, strlen(printer_reason_words(longest, room)) == PRINTER_NAME_SIZE - 1);
}

static void check_destinations(struct check *c)
{
    static const char *const good[] = {"ipp://printer.local/ipp/print", "ipps://10.0.0.7:443/ipp/print", "ipp://[fe80::1]:631/", "desk-1", "Brother_QL-820NWB"};
    static const char *const bad[] = {"", "ipp://", "ipp:///x", "ipp://:631/", "http://x/",
                                      "file:///etc/passwd", "ipp://u@h/", "a b", "-o", "a/b", "ipp://h/\n", "ipp://h/\"", "đây"};
    struct printer_job job;
    struct fault fault;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) CHECK(c, printers_is_destination(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct printer_order order = {.destination = bad[i]};
        CHECK(c, !printers_is_destination(bad[i]));
        CHECK(c, printer_print(&order, &job, &fault) == ERR_INPUT);
    }
}

/* A page's size and backs as the printer must know them. */
static void check_fit(struct check *c)
{
    struct arena arena = {0};
    const struct badge badge = {.name = "Lê Như", .url = "http://10.0.0.1/D/0123456789ABCDEF"};
    struct badge_run run = {.event_title = "x", .layout = "label-62", .badges = &badge, .count = 1};
    struct printer_order order = {0};
    CHECK(c, printer_order_fit(&run, &order, NULL) == OK);
    CHECK(c, fabs(order.width - 62) < 0.1 && fabs(order.height - 100) < 0.1 && order.sides == PRINTER_ONE_SIDE);
    run.layout = "a6";
    run.duplex = DUPLEX_SHORT;
    CHECK(c, printer_order_fit(&run, &order, NULL) == OK && order.sides == PRINTER_SHORT_EDGE);
    run.duplex = DUPLEX_NONE;
    CHECK(c, printer_order_fit(&run, &order, NULL) == OK && order.sides == PRINTER_ONE_SIDE);
    run.layout = "a4x8";
    run.page_width = 30;
    run.page_height = 30;
    CHECK(c, printer_order_fit(&run, &order, NULL) == ERR_INPUT);
    arena_release(&arena);
}

/* The settings: what is stored is what is found, the first is everybody's until an event has its own. */
static void check_settings(struct check *c)
{
    char folder[] = "/tmp/plenum-test-printers-XXXXXX", command[100];
    struct store store = {0};
    struct arena arena = {0};
    struct fault fault = {0};
    struct printer_settings all;
    const struct printer_setting *one = NULL;
    const struct printer_setting first = {.name = "first", .uri = "ipp://10.0.0.1/", .about = "Máy in"};
    const struct printer_setting second = {.name = "second", .uri = "ipps://10.0.0.2/", .pin = "ab"};
    const struct printer_setting replaced = {.name = "first", .uri = "queue-1"};
    const struct printer_setting bad_name = {.name = "a b", .uri = "queue-1"}, bad_uri = {.name = "x", .uri = "http://x/"};
    if (!CHECK(c, mkdtemp(folder) && store_open(folder, STORE_CREATE, &store, &fault) == OK)) return;
    struct db *db = store.db;
    CHECK(c, printers_load(db, &arena, &all, &fault) == OK && all.count == 0);
    CHECK(c, printers_choose(db, &arena, "e", NULL, &one, &fault) == ERR_NOT_FOUND && strstr(fault.text, "plenum printer add"));
    CHECK(c, printers_add(db, &arena, &first, "test", 1, &fault) == OK && printers_add(db, &arena, &second, "test", 2, &fault) == OK);
    CHECK(c, printers_add(db, &arena, &bad_name, "test", 2, &fault) == ERR_INPUT && printers_add(db, &arena, &bad_uri, "test", 2, &fault) == ERR_INPUT);
    CHECK(c, printers_choose(db, &arena, "e", NULL, &one, &fault) == OK);
    CHECK_TEXT(c, one->name, "first");
    CHECK_TEXT(c, one->about, "Máy in");
    CHECK(c, !one->pin);
    CHECK(c, printers_set_default(db, &arena, "e", "second", "test", 3, &fault) == OK && printers_choose(db, &arena, "e", NULL, &one, &fault) == OK);
    CHECK_TEXT(c, one->pin, "ab");
    CHECK(c, printers_set_default(db, &arena, "e", "third", "test", 3, &fault) == ERR_NOT_FOUND);
    CHECK(c, printers_choose(db, &arena, "e", "third", &one, &fault) == ERR_NOT_FOUND && strstr(fault.text, "first, second"));
    CHECK(c, printers_add(db, &arena, &replaced, "test", 4, &fault) == OK && printers_load(db, &arena, &all, &fault) == OK && all.count == 2);
    CHECK_TEXT(c, all.items[0].uri, "queue-1");
    CHECK(c, printers_remove(db, &arena, "second", "test", 5, &fault) == OK && printers_remove(db, &arena, "second", "test", 5, &fault) == ERR_NOT_FOUND);
    CHECK(c, printers_choose(db, &arena, "e", NULL, &one, &fault) == OK); /* its own is gone: the first again */
    CHECK_TEXT(c, one->name, "first");
    CHECK(c, setting_write(db, "printers", "{\"printers\":[{\"name\":\"x\",\"uri\":\"file:///\"}],\"events\":{}}") == OK);
    CHECK(c, printers_load(db, &arena, &all, &fault) == ERR_INPUT);
    CHECK(c, setting_write(db, "printers", "[]") == OK && printers_load(db, &arena, &all, &fault) == ERR_INPUT);
    store_close(&store);
    arena_release(&arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(c, system(command) == 0);
}

int main(void)
{
    struct check check = {0};
    struct check *c = &check;
    if (!CHECK(c, crypto_init() == OK)) return 1;
    check_sizes(c);
    check_choice(c);
    check_words(c);
    check_destinations(c);
    check_fit(c);
    check_settings(c);
    return check_done(c, "badges/printer");
}
