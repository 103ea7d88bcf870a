/* plenum-badges: the badges of an event as a PDF, proved before they are printed. */
#include "badges/badges.h"
#include "badges/command/command.h"
#include "badges/command/print_command.h"
#include "core/base/buf.h"
#include "core/base/crypto.h"
#include "core/base/version.h"

#include <signal.h>
#include <stdio.h>

static enum err run(const struct badge_options *o, struct fault *fault)
{
    if (o->show_layout) return badges_show_layout(o->show_layout, fault);
    if (o->printers) return print_list(o, fault);
    if (!o->event == !o->member_cards) return fault_set(fault, ERR_USAGE, o->event ? "member cards belong to no event: --member-cards goes without --event"
                                                                                      : "--event (or --member-cards) is needed; --help tells more");
    (void)signal(SIGXFSZ, SIG_IGN); /* a file above the limit is an error to tell and to clean up after, as is a full disk */
    if (crypto_init() != OK) return fault_set(fault, ERR_BUG, "libsodium does not start");
    return badges_command(o, fault);
}

static enum err act(const struct opt_command *command, bool help, struct badge_options *o, struct fault *fault)
{
    if (help) opt_print_help(command);
    else if (o->version) printf("plenum-badges %s\n", PLENUM_VERSION);
    if (help || o->version) return OK;
    if (o->member_cards && !o->layout) o->layout = "cr80";
    return run(o, fault);
}

static enum err run_line(int argc, char **argv, const char *layouts, struct fault *fault)
{
    struct badge_options o = {.threads = -1, .blanks = -1};
    const struct opt table[] = {
        {"event", 0, OPT_TEXT, &o.event, "SLUG", "the event", 0, 0},
        {"output", 'o', OPT_TEXT, &o.output, "FILE.pdf", "where the PDF goes", 0, 0},
        {"print", 0, OPT_TEXT, &o.print, "PRINTER", "send them to a printer: one that is set up, ipp://HOST/ipp/print, or a queue of CUPS", 0, 0},
        {"copies", 0, OPT_NUMBER, &o.copies, "COUNT", "so many of each page, with --print", 1, PRINTER_COPIES_MOST},
        {"timeout", 0, OPT_NUMBER, &o.timeout, "SECONDS", "how long the printer may take to accept the job, and then to print it (default 60, and 5 a page)", 1, 3600},
        {"printers", 0, OPT_FLAG, &o.printers, NULL, "list the printers that --print may name", 0, 0},
        {"layout", 0, OPT_TEXT, &o.layout, "NAME", layouts, 0, 0},
        {"show-layout", 0, OPT_TEXT, &o.show_layout, "NAME", "print the file of a ready layout, as a start for one's own", 0, 0},
        {"member-cards", 0, OPT_FLAG, &o.member_cards, NULL, "instead: cards of people of the register, good at every event of theirs (layout cr80)", 0, 0},
        {"only", 0, OPT_LIST, &o.only, "CODE,..", "only these people or badge numbers", 0, 0},
        {"unit", 0, OPT_TEXT, &o.unit, "CODE", "only this delegation; of member cards this unit with all below it", 0, 0},
        {"not-printed", 0, OPT_FLAG, &o.not_printed, NULL, "only who was not printed yet on this kind of paper", 0, 0},
        {"changed", 0, OPT_FLAG, &o.changed, NULL, "only whose badge says something else than when it was printed (with --not-printed: either)", 0, 0},
        {"again", 0, OPT_FLAG, &o.again, NULL, "print also who was printed before, knowingly", 0, 0},
        {"reissue", 0, OPT_TEXT, &o.reissue, "CODE", "a lost badge: print a new one for this person or number; the old one dies everywhere", 0, 0},
        {"runs", 0, OPT_FLAG, &o.runs, NULL, "list what was printed, when, by whom, with which address", 0, 0},
        {"spoiled", 0, OPT_TEXT, &o.spoiled, "RUN", "this run did not come out: its badges count as not printed", 0, 0},
        {"sign-for", 0, OPT_TEXT, &o.sign_for, "UNIT", "the sheet to sign when this delegation's badges are handed over; all: one for each delegation", 0, 0},
        {"handed-over", 0, OPT_TEXT, &o.handed_over, "UNIT", "write down that this delegation's badges were handed over (-: those of --only)", 0, 0},
        {"to", 0, OPT_TEXT, &o.to, "NAME", "who takes them", 0, 0},
        {"to-person", 0, OPT_TEXT, &o.to_person, "CODE", "the same, when they are in the register", 0, 0},
        {"except", 0, OPT_LIST, &o.except, "CODE,..", "these badges stay at the desk", 0, 0},
        {"handovers", 0, OPT_FLAG, &o.handovers, NULL, "list who took which badges when", 0, 0},
        {"undo-handover", 0, OPT_TEXT, &o.undo_handover, "NUMBER", "this handover did not happen", 0, 0},
        {"poster", 0, OPT_FLAG, &o.poster, NULL, "instead: the poster for the doors, Wi-Fi and event, on one page (--page A4 or A3)", 0, 0},
        {"language", 0, OPT_TEXT, &o.languages, "LANGUAGES", "of the poster: vi,ar (default: the organization's first two)", 0, 0},
        {"pin-slips", 0, OPT_FLAG, &o.pin_slips, NULL, "instead: slips with the six-digit PINs, to cut and fold (--unit, --only); makes those that are missing", 0, 0},
        {"paper-list", 0, OPT_FLAG, &o.paper_list, NULL, "instead: the list for a door without power, with row codes (--gate, --unit, --order)", 0, 0},
        {"gate", 0, OPT_TEXT, &o.gate, "CODE", "of a paper list: only whom this gate admits", 0, 0},
        {"blanks", 0, OPT_NUMBER, &o.blanks, "COUNT", "of a paper list: so many blank rows at its end (default 5)", 0, 60},
        {"present", 0, OPT_FLAG, &o.present, NULL, "of a paper list: tick who is in now", 0, 0},
        {"order", 0, OPT_TEXT, &o.order, "ORDER", "delegation (default), protocol, given-name or box; of a paper list name (default), number, seat or delegation", 0, 0},
        {"separators", 0, OPT_TEXT, &o.separators, "GROUP", "a page of its own before each unit or box", 0, 0},
        {"page", 0, OPT_TEXT, &o.page, "SIZE", "another page, as many badges as it holds: A4, SRA3, 320x450", 0, 0},
        {"duplex", 0, OPT_TEXT, &o.duplex, "EDGE", "how the printer turns the paper: long, short, or none to leave backs out", 0, 0},
        {"volume", 0, OPT_NUMBER, &o.volume, "COUNT", "a file for each so many badges: FILE-001.pdf, FILE-002.pdf, …", 1, 100000},
        {"desk-phone", 0, OPT_TEXT, &o.desk_phone, "NUMBER", "the desk's phone, for layouts that print it", 0, 0},
        {"verify", 0, OPT_FLAG, &o.verify, NULL, "draw the finished PDF, read every QR code back and look for ink outside of its place", 0, 0},
        {"allow-missing", 0, OPT_FLAG, &o.allow_missing, NULL, "print a box for a character that no font has, instead of refusing", 0, 0},
        {"public-url", 0, OPT_TEXT, &o.public_url, "URL", "the address in the QR codes: http://HOST[:PORT]", 0, 0},
        {"data", 0, OPT_TEXT, &o.data, "DIR", "the data folder (default ./plenum-data, or PLENUM_DATA)", 0, 0},
        {"threads", 0, OPT_NUMBER, &o.threads, "N", "threads beside the first (default: one for each further processor)", 0, CREW_MOST},
        {"json", 0, OPT_FLAG, &o.json, NULL, "tell the result as one line of JSON", 0, 0},
        {"version", 0, OPT_FLAG, &o.version, NULL, "tell the version", 0, 0},
    };
    const struct opt_command command = {
        .usage = "plenum-badges --event SLUG -o FILE.pdf [options]",
        .about = "Makes the badges of an event: name, title, delegation, category, seat, number, photo and a QR code.\n"
                 "Names in any script that this machine's fonts cover; a character that none covers is refused before anything is written.",
        .options = table, .option_count = sizeof table / sizeof table[0]};
    const char *words[1];
    size_t word_count;
    bool help;
    enum err e = opt_parse(&command, argc, argv, words, &word_count, &help, fault);
    return e == OK ? act(&command, help, &o, fault) : e;
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    struct buf layouts;
    buf_init(&layouts, BUF_LIMIT_LINE);
    buf_puts(&layouts, "a layout's name or its .json file (default a4x8): ");
    for (size_t i = 0; badges_layout_name(i); i++) buf_printf(&layouts, "%s%s", i ? ", " : "", badges_layout_name(i));
    enum err e = run_line(argc, argv, buf_text(&layouts), &fault);
    if (e != OK) fprintf(stderr, "plenum-badges: %s\n", fault.text[0] ? fault.text : err_name(e));
    buf_release(&layouts);
    return err_exit_code(e);
}
