#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/inbox.h"
#include "gateway/base/list.h"
#include "gateway/base/loop.h"
#include "gateway/base/map.h"
#include "gateway/base/pool.h"
#include "gateway/packet/sdp.h"
#include "gateway/packet/sdp_frag.h"
#include "gateway/peer/certificate.h"
#include "gateway/peer/ice.h"
#include "gateway/peer/peer.h"
#include "gateway/relay/drop.h"
#include "gateway/relay/egress.h"
#include "gateway/relay/packet.h"
#include "gateway/rooms/address.h"
#include "gateway/rooms/message.h"
#include "gateway/rooms/room.h"

// A media thread and all it owns: sockets, packets, sessions, ports, its view of the rooms. Nothing
// here is touched by another thread while it runs, but the inbox and the counters.

#define SHARDS_MAX    64
#define SHARD_PACKETS 131072 // of each size; memory is only used where packets are
#define SHARD_SOCKETS 2      // addresses listened on

#define VIEWER_LOSS_BUCKETS 8
// Upper edges of the lost share; the last bucket has the rest.
extern const double viewer_loss_edges[VIEWER_LOSS_BUCKETS - 1];

#define VIEWER_ESTIMATE_BUCKETS 9
extern const double viewer_estimate_edges[VIEWER_ESTIMATE_BUCKETS - 1]; // bit/s

struct congestion;
struct tcp;
struct udp;
struct session;
struct port_end;

struct shard_stats {
    struct drops drops;
    counter packets_in, bytes_in;
    counter publishers, viewers;   // sessions now
    counter ended[PEER_END_COUNT]; // sessions, by why their peer ended
    counter tcp_connections, tcp_refused;
    // From viewers' transport-wide feedback:
    counter viewer_arrived, viewer_lost;      // packets
    counter viewer_loss[VIEWER_LOSS_BUCKETS]; // seconds of one viewer, by what was lost in them
    struct histogram viewer_rtt;              // once such a second
    counter viewer_estimate[VIEWER_ESTIMATE_BUCKETS]; // likewise, by what his path carries
};

struct shard_config {
    unsigned index, count;
    struct inbox *const *inboxes;   // of all shards, by index; outlive the shards
    struct inbox *control, *agents; // of the control and the agent thread
    const struct certificate *certificate;
    const char *const *listen; // SHARD_SOCKETS of them; NULL: none
    uint16_t port;             // 0: any
    const struct address_list *advertise;
};

struct shard {
    struct shard_config config;
    pthread_t thread;
    bool running;
    uint16_t port; // really bound
    struct loop *loop;
    struct packet_pools packets;
    struct ice_agent *agent;
    struct egress *egress;
    struct loop_timer pace; // when paced outlets may send more
    struct udp *udp;
    struct tcp *tcp;
    struct directory *directory;
    struct congestion *congestion;
    struct map *sessions, *ufrags; // session.by_id, session_ufrag.node
    struct map *paths;             // path_entry.node
    struct map *ports;             // port_end.by_id
    struct list dying;             // session.dying: freed at the end of the turn
    struct list dying_ports;       // port_end.dying
    struct list feeds_waiting;     // feed.waiting: have packets to hand over
    struct list feeds_closed;      // feed.link: blocks of theirs are still away
    uint32_t generations;
    int64_t now_us;    // of what is being served, for handlers that are not told the time
    struct sdp *offer; // scratch for parsing; too big for the stack
    struct sdp_frag *fragment;
    struct address_list candidates;
    struct shard_stats stats;
};

// Binds the sockets and makes everything, not yet running. ENOMEM, or what bind() said.
int shard_alloc(struct shard **shardp, const struct shard_config *config);
int shard_start(struct shard *shard);
// Waits for the thread, which ends at MESSAGE_STOP.
void shard_join(struct shard *shard);
// Not running any more.
void shard_free(struct shard *shard);

// Shard's thread from here on.

// One datagram from a wire. The caller keeps his reference.
void shard_take(struct shard *shard, const struct path *path, struct packet *packet,
                int64_t now_us);
// One message from the inbox; takes it.
void shard_message(struct shard *shard, struct msg *msg, int64_t now_us);
// Frees what ended in this turn.
void shard_bury(struct shard *shard, int64_t now_us);
// Ends all sessions and ports.
void shard_end_all(struct shard *shard, int64_t now_us);

// A number no publication of any shard has had as its generation.
static inline uint32_t shard_generation(struct shard *shard)
{
    return ++shard->generations * SHARDS_MAX + shard->config.index;
}
