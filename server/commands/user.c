/* `plenum user add|passwd|list|disable` */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/account.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"

#include <stdio.h>
#include <string.h>

struct work {
    struct arena arena;
    const char *data, *name, *role, *event, *password_file;
    struct opt_list units; /* of a head */
    bool json, generated;
    struct account_role grant;
    const char *password;
    char made[ACCOUNT_PASSWORD_SIZE], hash[CRYPTO_PASSWORD_SIZE];
};

/* The first line of the file, or one made here and shown once. */
static enum err choose_password(struct work *w, struct fault *fault)
{
    char *text;
    size_t length;
    if (!w->password_file) {
        account_make_password(w->made);
        w->password = w->made;
        w->generated = true;
    } else {
        enum err e = file_read(&w->arena, w->password_file, 4096, &text, &length, fault);
        if (e != OK) return e;
        text[strcspn(text, "\r\n")] = '\0';
        w->password = text;
        e = account_check_password(text, fault);
        if (e != OK) return e;
    }
    enum err e = crypto_password_hash(w->password, w->hash);
    return e == OK ? OK : fault_set(fault, e, "the password cannot be hashed: %s", err_name(e));
}

static enum err find_scope(struct db *db, struct work *w, struct fault *fault)
{
    struct sql_export_event_find_row event;
    enum err e = w->event ? sql_export_event_find(db, &w->arena, w->event, &event) : OK;
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", w->event);
    if (e == OK && w->event) w->grant.event_id = event.id;
    return e == OK ? OK : db_fault(db, e, fault, "find the event");
}

/* Of a head: the same role for each delegation. */
static enum err grant_units(struct db *db, struct work *w, int64_t account_id, struct fault *fault)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < w->units.count; i++) {
        struct sql_unit_find_row unit;
        e = sql_unit_find(db, &w->arena, w->units.items[i], &unit);
        if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no unit \"%s\"", w->units.items[i]);
        w->grant.unit_id = e == OK ? unit.id : 0;
        if (e == OK) e = account_add_role(db, account_id, &w->grant);
    }
    return e == OK ? OK : db_fault(db, e, fault, "find the unit");
}

static enum err apply_add(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    int64_t now = clock_now_ms(), id = 0;
    bool is_head = w->grant.kind == ACCOUNT_HEAD;
    enum err e = find_scope(db, w, fault);
    if (e == OK) e = account_create(db, w->name, w->hash, w->generated, is_head ? NULL : &w->grant, now, &id, fault);
    if (e == OK && is_head) e = grant_units(db, w, id, fault);
    if (e != OK) return e;
    e = audit_write(db, now, "command line", "account.made", w->name, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "store the account");
}

static enum err find_account(struct db *db, struct work *w, struct account *ret, struct fault *fault)
{
    enum err e = account_find(db, &w->arena, w->name, ret);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no account \"%s\"", w->name);
    return e == OK ? OK : db_fault(db, e, fault, "find the account");
}

static enum err apply_passwd(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    struct account account;
    enum err e = find_account(db, w, &account, fault);
    if (e != OK) return e;
    e = account_set_password(db, account.id, w->hash, w->generated);
    if (e == OK) e = audit_write(db, clock_now_ms(), "command line", "account.password", w->name, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "store the password");
}

static enum err apply_disable(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    struct account account;
    enum err e = find_account(db, w, &account, fault);
    if (e != OK) return e;
    e = account_disable(db, account.id, clock_now_ms());
    if (e == OK) e = audit_write(db, clock_now_ms(), "command line", "account.disabled", w->name, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "disable the account");
}

/* Opens, applies in one transaction, and tells a password that was made here. */
static int carry_out(struct work *w, enum err e, bool with_password, enum err (*apply)(struct db *, void *, struct fault *), struct fault *fault)
{
    if (e == OK && !(w->name = account_tidy_name(&w->arena, w->name, fault))) e = ERR_INPUT;
    if (e == OK && with_password) e = choose_password(w, fault);
    if (e == OK) e = command_apply(w->data, apply, w, fault);
    if (e == OK && w->generated) printf("%s\n", w->password);
    arena_release(&w->arena);
    return command_end("user", e, fault);
}

static int run_add(int argc, char **argv)
{
    struct work w = {0};
    const struct opt options[] = {
        COMMAND_DATA(&w.data),
        {"role", 0, OPT_TEXT, &w.role, "ROLE", "organiser, desk, or head (of a delegation)", 0, 0},
        {"event", 0, OPT_TEXT, &w.event, "SLUG", "for this event only (default: every event)", 0, 0},
        {"unit", 0, OPT_LIST, &w.units, "CODE", "the delegation of a head; more than once for several", 0, 0},
        {"password-file", 0, OPT_TEXT, &w.password_file, "FILE", "the password is the first line of FILE; without it one is made and printed once", 0, 0},
    };
    const struct opt_command command = {"plenum user add NAME --role ROLE [options]",
        "Makes an account. A password that was made here has to be changed at the first sign-in.", options,
                                        sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &w.name, NULL, &code)) return code;
    enum err e = OK;
    if (!w.role || !account_role_from_name(w.role, &w.grant.kind)) e = fault_set(&fault, ERR_USAGE, "--role is organiser, desk or head");
    else if ((w.grant.kind == ACCOUNT_HEAD) != (w.units.count > 0)) e = fault_set(&fault, ERR_USAGE, "--unit CODE goes with --role head, and only with it");
    return carry_out(&w, e, true, apply_add, &fault);
}

static int run_passwd(int argc, char **argv)
{
    struct work w = {0};
    const struct opt options[] = {
        COMMAND_DATA(&w.data),
        {"password-file", 0, OPT_TEXT, &w.password_file, "FILE", "the password is the first line of FILE; without it one is made and printed once", 0, 0},
    };
    const struct opt_command command = {"plenum user passwd NAME [options]", "Gives an account a new password and ends its sessions.", options, 2, 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &w.name, NULL, &code)) return code;
    return carry_out(&w, OK, true, apply_passwd, &fault);
}

static int run_disable(int argc, char **argv)
{
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&w.data)};
    const struct opt_command command = {"plenum user disable NAME", "Ends an account and its sessions; what it did stays in the audit log.", options, 1, 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &w.name, NULL, &code)) return code;
    return carry_out(&w, OK, false, apply_disable, &fault);
}

static json_t *account_json(const struct account *a)
{
    json_t *roles = json_array();
    for (size_t i = 0; i < a->role_count; i++)
        if (json_array_append_new(roles, json_string(account_role_name(a->roles[i].kind))) != 0) break;
    return json_pack("{s:s, s:o, s:b, s:b}", "name", a->name, "roles", roles, "disabled", a->disabled, "must_change", a->must_change);
}

static enum err print_accounts(const struct account *accounts, size_t count, bool json, struct fault *fault)
{
    json_t *list = json_array();
    bool good = list != NULL;
    for (size_t i = 0; i < count; i++) {
        good = good && json_array_append_new(list, account_json(&accounts[i])) == 0;
        if (json) continue;
        printf("%-24s %s", accounts[i].name, accounts[i].disabled ? "disabled" : "active  ");
        for (size_t k = 0; k < accounts[i].role_count; k++) printf(" %s%s", account_role_name(accounts[i].roles[k].kind),
            accounts[i].roles[k].event_id ? " (one event)" : "");
        printf("\n");
    }
    enum err e = good ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && json) e = command_print_json(list, true, fault);
    json_decref(list);
    return e;
}

static int run_list(int argc, char **argv)
{
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&w.data), {"json", 0, OPT_FLAG, &w.json, NULL, "as JSON", 0, 0}};
    const struct opt_command command = {"plenum user list [--json]", "All accounts and their roles.", options, 2, 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    struct account *accounts = NULL;
    size_t count = 0;
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = store_open(store_choose_folder(w.data), STORE_READ, &store, &fault);
    if (e == OK && (e = account_list(store.db, &w.arena, &accounts, &count)) != OK) e = db_fault(store.db, e, &fault, "read the accounts");
    if (e == OK) e = print_accounts(accounts, count, w.json, &fault);
    store_close(&store);
    arena_release(&w.arena);
    return command_end("user", e, &fault);
}

int command_user(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        {"add", run_add, "make an account"},
        {"passwd", run_passwd, "give an account a new password"},
        {"list", run_list, "all accounts"},
        {"disable", run_disable, "end an account"},
    };
    return command_verbs("user", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
