#include "server/venue/probes.h"

#include "server/app.h"
#include "server/venue/watch.h"

#include <string.h>

#define NO_CONTENT 204, NULL, NULL, NULL
#define TEXT(body) 200, "text/plain", body, NULL
#define APPLE 200, "text/html", "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>", NULL
#define NETWORK_MANAGER(body) 200, "text/plain; charset=utf-8", body, "X-NetworkManager-Status"
#define FIREFOX_PAGE 200, "text/html", "<meta http-equiv=\"refresh\" content=\"0;url=https://support.mozilla.org/kb/captive-portal\"/>", NULL

/* Sources: Android, packages/modules/NetworkStack (NetworkMonitor and its configuration); its makers' own names as their builds carry them; Apple's
 * captive network assistant; Microsoft, "Network Connectivity Status Indicator"; Firefox, netwerk preferences captivedetect.canonicalURL and
 * network.connectivity-service; NetworkManager.conf(5) and the distributions' connectivity files. */
static const struct probe probes[] = {
    {"connectivitycheck.gstatic.com", "/generate_204", NO_CONTENT},
    {"connectivitycheck.android.com", "/generate_204", NO_CONTENT},
    {"www.gstatic.com", "/generate_204", NO_CONTENT},
    {"clients3.google.com", "/generate_204", NO_CONTENT},
    {"clients1.google.com", "/generate_204", NO_CONTENT},
    {"play.googleapis.com", "/generate_204", NO_CONTENT},
    {"www.google.com", "/gen_204", NO_CONTENT},
    {"www.google.com", "/generate_204", NO_CONTENT},
    {"connectivitycheck.samsung.com", "/generate_204", NO_CONTENT},
    {"connectivity.samsung.com.cn", "/generate_204", NO_CONTENT},
    {"connect.rom.miui.com", "/generate_204", NO_CONTENT},
    {"connectivitycheck.platform.xiaomi.com", "/generate_204", NO_CONTENT},
    {"connectivitycheck.platform.hicloud.com", "/generate_204", NO_CONTENT},
    {"connectivitycheck.platform.hihonorcloud.com", "/generate_204", NO_CONTENT},
    {"conn1.coloros.com", "/generate_204", NO_CONTENT},
    {"conn2.coloros.com", "/generate_204", NO_CONTENT},
    {"wifi.vivo.com.cn", "/generate_204", NO_CONTENT},
    {"cp.cloudflare.com", "/generate_204", NO_CONTENT},
    {"captive.apple.com", "/hotspot-detect.html", APPLE},
    {"captive.apple.com", "/", APPLE},
    {"www.apple.com", "/library/test/success.html", APPLE},
    {"www.msftconnecttest.com", "/connecttest.txt", TEXT("Microsoft Connect Test")},
    {"ipv6.msftconnecttest.com", "/connecttest.txt", TEXT("Microsoft Connect Test")},
    {"www.msftncsi.com", "/ncsi.txt", TEXT("Microsoft NCSI")},
    {"ipv6.msftncsi.com", "/ncsi.txt", TEXT("Microsoft NCSI")},
    {"detectportal.firefox.com", "/success.txt", TEXT("success\n")},
    {"detectportal.firefox.com", "/canonical.html", FIREFOX_PAGE},
    {"nmcheck.gnome.org", "/check_network_status.txt", NETWORK_MANAGER("NetworkManager is online\n")},
    {"network-test.debian.org", "/nm", NETWORK_MANAGER("NetworkManager is online\n")},
    {"ping.archlinux.org", "/nm-check.txt", NETWORK_MANAGER("NetworkManager is online\n")},
    {"conncheck.opensuse.org", "/", NETWORK_MANAGER("NetworkManager is online\n")},
    {"fedoraproject.org", "/static/hotspot.txt", TEXT("OK\n")},
    {"networkcheck.kde.org", "/", TEXT("OK\n")},
    {"connectivity-check.ubuntu.com", "/", 204, NULL, NULL, "X-NetworkManager-Status"},
};

const struct probe *probes_at(size_t index)
{
    return index < sizeof probes / sizeof probes[0] ? &probes[index] : NULL;
}

const struct probe *probes_find(const char *host, const char *path)
{
    const size_t length = strcspn(host, ":");
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++)
        if (strlen(probes[i].host) == length && strncmp(probes[i].host, host, length) == 0 && strcmp(probes[i].path, path) == 0) return &probes[i];
    return NULL;
}

bool probes_reply(struct http_request *req)
{
    const struct probe *probe = req->is_tls ? NULL : probes_find(req->host, req->path); /* no certificate of ours names these hosts */
    if (!probe || !watch_answers_probes(app_of(req)->watch)) return false;
    if (probe->header) (void)http_set_header(req, probe->header, "online");
    if (probe->status == 204) http_reply_empty(req, 204);
    else http_reply(req, probe->status, probe->type, probe->body, strlen(probe->body));
    return true;
}
