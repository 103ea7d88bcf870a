/* The catalogues on a real PostgreSQL 15: all migrations, then every statement prepared with the declared parameter types, and its columns compared with
 * what is declared. The server is started here as an ordinary user in a scratch folder, with a Unix socket only and C collation. */
#include "catalogue.h"
#include "queue_catalogue.h"
#include "tests/unit/check.h"

#include <postgresql/libpq-fe.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIN "/usr/lib/postgresql/15/bin/"
#define OID_BOOL 16
#define OID_INT8 20
#define OID_TEXT 25

struct server {
    char folder[64], data[96];
    uid_t user;
    gid_t group;
    pid_t pid;
};

/* PostgreSQL refuses to run as root. */
static void find_user(struct server *server)
{
    server->user = getuid();
    server->group = getgid();
    if (server->user != 0) return;
    const struct passwd *entry = getpwnam("postgres");
    if (!entry) entry = getpwnam("nobody");
    if (!entry) return;
    server->user = entry->pw_uid;
    server->group = entry->pw_gid;
}

static pid_t start(const struct server *server, char *const argv[])
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    if (getuid() == 0 && (setgroups(0, NULL) != 0 || setgid(server->group) != 0 || setuid(server->user) != 0)) _exit(126);
    if (chdir(server->folder) != 0 || !freopen("log", "a", stdout) || !freopen("log", "a", stderr)) _exit(125);
    execv(argv[0], argv);
    _exit(127);
}

static int start_server(struct check *c, struct server *server)
{
    find_user(server);
    strcpy(server->folder, "/tmp/plenum-pg-XXXXXX");
    if (!CHECK(c, mkdtemp(server->folder) != NULL)) return 0;
    (void)snprintf(server->data, sizeof server->data, "%s/data", server->folder);
    if (!CHECK(c, chown(server->folder, server->user, server->group) == 0)) return 0;
    char *const initdb[] = {(char *)BIN "initdb", (char *)"-D", server->data, (char *)"-U", (char *)"plenum", (char *)"-A", (char *)"trust",
        (char *)"--locale=C", (char *)"-E", (char *)"UTF8", (char *)"--no-sync", NULL};
    int status = -1;
    pid_t pid = start(server, initdb);
    if (!CHECK(c, pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)) return 0;
    char *const postgres[] = {(char *)BIN "postgres", (char *)"-D", server->data, (char *)"-k", server->folder, (char *)"-c",
        (char *)"listen_addresses=", (char *)"-c", (char *)"fsync=off", NULL};
    server->pid = start(server, postgres);
    return CHECK(c, server->pid > 0);
}

static void stop_server(const struct server *server)
{
    if (server->pid > 0) {
        kill(server->pid, SIGQUIT);
        (void)waitpid(server->pid, NULL, 0);
    }
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", server->folder);
    if (server->folder[0] && system(command) != 0) printf("# %s stays\n", server->folder);
}

static PGconn *connect_to(const struct server *server, const char *database)
{
    char where[256];
    (void)snprintf(where, sizeof where, "host=%s dbname=%s user=plenum", server->folder, database);
    for (int i = 0; i < 200; i++) {
        PGconn *connection = PQconnectdb(where);
        if (PQstatus(connection) == CONNECTION_OK) return connection;
        PQfinish(connection);
        usleep(50000);
    }
    return NULL;
}

static int run(struct check *c, PGconn *connection, const char *sql, const char *what)
{
    PGresult *result = PQexec(connection, sql);
    int good = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    if (!good) printf("# %s: %s", what, PQerrorMessage(connection));
    PQclear(result);
    return CHECK(c, good);
}

static void check_statement(struct check *c, PGconn *connection, const struct db_statement_text *text)
{
    Oid types[64];
    int parameters = (int)strlen(text->parameter_types), columns = (int)strlen(text->column_types);
    for (int i = 0; i < parameters; i++) types[i] = text->parameter_types[i] == 'i' ? OID_INT8 : OID_TEXT;
    PGresult *result = PQprepare(connection, text->name, text->sql, parameters, types);
    int good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good) printf("# %s: %s", text->name, PQerrorMessage(connection));
    PQclear(result);
    if (!CHECK(c, good)) return;
    result = PQdescribePrepared(connection, text->name);
    int fits = PQresultStatus(result) == PGRES_COMMAND_OK && PQnparams(result) == parameters && PQnfields(result) == columns;
    for (int i = 0; fits && i < columns; i++) {
        Oid type = PQftype(result, i);
        fits = type != OID_BOOL && (text->column_types[i] == 'i') == (type != OID_TEXT);
        if (!fits) printf("# %s: column %d has the type %u\n", text->name, i + 1, type);
    }
    if (!fits) printf("# %s: %d parameters, %d columns; %d and %d are declared\n", text->name, PQnparams(result), PQnfields(result), parameters, columns);
    PQclear(result);
    CHECK(c, fits);
}

static void check_catalogue(struct check *c, const struct server *server, const struct db_catalogue *all, const char *database)
{
    char sql[128];
    PGconn *connection = connect_to(server, "postgres");
    if (!CHECK(c, connection != NULL)) return;
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'", database);
    run(c, connection, sql, database);
    PQfinish(connection);
    connection = connect_to(server, database);
    if (!CHECK(c, connection != NULL)) return;
    for (size_t i = 0; i < all->migration_count; i++) run(c, connection, all->migrations[i].sql, all->migrations[i].name);
    for (size_t i = 0; i < all->statement_count; i++) check_statement(c, connection, &all->statements[i]);
    printf("# %s: %zu statements\n", database, all->statement_count);
    PQfinish(connection);
}

int main(void)
{
    struct check c = {0};
    struct server server = {0};
    if (start_server(&c, &server)) {
        check_catalogue(&c, &server, &catalogue, "plenum");
        check_catalogue(&c, &server, &queue_catalogue, "queue");
    }
    stop_server(&server);
    return check_done(&c, "sql on postgres");
}
