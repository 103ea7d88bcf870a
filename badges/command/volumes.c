#include "badges/command/volumes.h"

#include "badges/proof/proof.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PHOTO_FLAWS_TOLD 20

const char *volumes_name(struct session *s, size_t number)
{
    const char *name = s->options->output, *dot = name ? strrchr(name, '.') : NULL;
    if (!name || !s->options->volume) return name;
    size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - name) : strlen(name);
    return arena_printf(&s->arena, "%.*s-%03zu%s", (int)stem, name, number + 1, name + stem);
}

enum err volumes_check_folder(struct session *s, struct fault *fault)
{
    if (!s->options->output) return OK;
    const char *folder = file_folder(&s->arena, s->options->output);
    if (!folder) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (access(folder, W_OK | X_OK) == 0) return OK;
    return fault_set(fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
}

static void tell_photos(struct session *s, const struct badge_run *run, const struct photo_list *photos)
{
    for (size_t i = 0; i < photos->flaw_count; i++) {
        const struct badge *badge = &run->badges[photos->flaws[i].index];
        if (++s->photos_bad > PHOTO_FLAWS_TOLD) continue;
        fprintf(stderr, "plenum-badges: %s %s: photo: %s\n", badge->person_code ? badge->person_code : "", badge->name ? badge->name : "",
                photos->flaws[i].sentence);
    }
    s->photos_read += photos->read;
}

/* `first`: where the volume's badges begin in the run. */
static void add_report(struct session *s, const struct badge_report *r, size_t first)
{
    for (size_t i = 0; i < r->cuts_told && s->report.cuts_told < BADGE_CUTS_TOLD; i++) {
        struct badge_cut *cut = &s->report.cuts[s->report.cuts_told++];
        *cut = r->cuts[i];
        cut->badge += first;
    }
    s->report.cut_names += r->cut_names;
    s->report.badges += r->badges;
    s->report.pages += r->pages;
    s->report.cut += r->cut;
    s->report.missing += r->missing;
    s->report.helped += r->helped;
    if (r->modules > s->report.modules) s->report.modules = r->modules;
}

static enum err write_volume(struct session *s, size_t number, const struct buf *pdf, struct fault *fault)
{
    const char *name = volumes_name(s, number);
    if (!name) return fault_set(fault, ERR_NOMEM, "not enough memory");
    /* Badges open people's papers: the file is for its owner only. */
    enum err e = file_new_open(&s->files[number], name, 0600, fault);
    if (e != OK) return e;
    s->volumes++;
    e = file_write_all(s->files[number].fd, pdf->data, pdf->length);
    return e == OK ? OK : fault_set(fault, e, "%s: %s", name, err_name(e));
}

static enum err make_volume(struct session *s, size_t number, size_t first, size_t count, struct fault *fault)
{
    struct badge_run run;
    struct photo_list photos;
    struct badge_report report = {0};
    struct badge_proof proof = {0};
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_FILE);
    arena_clear(&s->photos);
    s->progress.doing = "photos";
    enum err e = badges_prepare_part(&s->ready, &s->wish, first, count, &s->photos, &run, &photos, fault);
    progress_end(&s->progress);
    if (e == OK) tell_photos(s, &run, &photos);
    run.first_page = (unsigned)s->report.pages + 1;
    s->progress.doing = "drawing";
    if (e == OK) e = badges_write(&run, s->fonts, &pdf, &report, fault);
    progress_end(&s->progress);
    s->progress.doing = "proving";
    if (e == OK && s->options->verify) e = badges_verify(&run, &pdf, &s->arena, &proof, fault);
    progress_end(&s->progress);
    if (e == OK && s->options->output) e = write_volume(s, number, &pdf, fault);
    s->bytes += pdf.length;
    s->verified += proof.codes;
    add_report(s, &report, first);
    if (e == OK && s->options->print) s->paper = pdf; /* one volume: print_choose saw to it */
    else buf_release(&pdf);
    return e;
}

enum err volumes_make(struct session *s, struct fault *fault)
{
    size_t total = s->ready.run.count, most = s->options->volume ? (size_t)s->options->volume : total, count = most ? (total + most - 1) / most : 0;
    s->files = arena_array(&s->arena, count + 1, sizeof *s->files);
    if (!s->files) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (!count) return fault_set(fault, ERR_INPUT, "there is no badge to print");
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        size_t first = i * most;
        e = make_volume(s, i, first, total - first < most ? total - first : most, fault);
    }
    return e == OK && progress_is_stopped(&s->progress) ? fault_set(fault, ERR_TIMEOUT, "stopped") : e;
}

/* Everything that can be known before the first file gets its name. */
static enum err check_places(struct session *s, bool *existed, struct fault *fault)
{
    for (size_t i = 0; i < s->volumes; i++) {
        const struct file_new *file = &s->files[i];
        if (file_is_directory(file->path)) return fault_set(fault, ERR_IO, "%s: is a folder", file->path);
        if (fsync(file->fd) != 0) return fault_set(fault, err_from_errno(errno), "%s: %s", file->path, strerror(errno));
        existed[i] = file_exists(file->path);
    }
    return OK;
}

/* The run did not come out: what it made goes; what it put in another file's place cannot be taken back and is told. */
static void take_back(struct session *s, size_t done, const bool *existed, struct fault *fault)
{
    struct buf stays;
    buf_init(&stays, BUF_LIMIT_LINE);
    for (size_t i = 0; i <= done && i < s->volumes; i++) {
        bool gone = !existed[i] && (unlink(s->files[i].path) == 0 || errno == ENOENT);
        bool replaced = existed[i] && i < done; /* the one that failed is what it was, as far as anybody can know */
        if (!gone && (replaced || !existed[i])) buf_printf(&stays, "%s%s", stays.length ? ", " : "", s->files[i].path);
    }
    size_t length = fault ? strlen(fault->text) : 0;
    if (fault && stays.length)
        (void)snprintf(fault->text + length, sizeof fault->text - length, "; none of the files counts, but these were replaced already: %s", buf_text(&stays));
    else if (fault && s->volumes > 1)
        (void)snprintf(fault->text + length, sizeof fault->text - length, "; none of the %zu files was made", s->volumes);
    buf_release(&stays);
}

enum err volumes_commit(struct session *s, struct fault *fault)
{
    bool *existed = arena_array(&s->arena, s->volumes + 1, sizeof *existed);
    if (!existed) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = check_places(s, existed, fault);
    for (size_t i = 0; e == OK && i < s->volumes; i++) {
        e = file_new_commit(&s->files[i], fault);
        if (e != OK) take_back(s, i, existed, fault);
    }
    return e;
}

void volumes_abandon(struct session *s)
{
    for (size_t i = 0; i < s->volumes; i++) file_new_abandon(&s->files[i]);
}
