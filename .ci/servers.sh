#!/usr/bin/env bash
# Real servers for the tests: installs what is absent, starts and stops them. Debian 12, as root.
#
#   .ci/servers.sh install [all|packages|elasticsearch]
#   eval "$(.ci/servers.sh start [elasticsearch] [postgresql] [replayweb])"    prints export lines, progress on standard error
#   .ci/servers.sh node FOLDER NAME HTTP TRANSPORT SEEDS          one Elasticsearch node of a cluster in the foreground:
#                                                                 its caller ends it (tests/test_cluster.py); with a folder
#                                                                 FOLDER/NAME.secured (http.pem, http.key, users, users_roles, more.yml)
#                                                                 it speaks TLS and asks for the password
#   .ci/servers.sh stop                                           ends what `start` started, and nothing else
#
# COTMOC_SERVERS is where servers and their data live (default /var/tmp/cotmoc-servers).
# COTMOC_ELASTICSEARCH_PORT, COTMOC_POSTGRESQL_PORT: ports (9270, 5470), so that no office's own server is touched.
# COTMOC_ELASTICSEARCH_JAVA: more options for the Java of the server that `start` starts (.ci/run: one that lives for minutes).
set -euo pipefail

ROOT=${COTMOC_SERVERS:-/var/tmp/cotmoc-servers}
ES_VERSION=9.5.3
ES_ARTIFACT="org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ES_VERSION}:zip"
ES_PORT=${COTMOC_ELASTICSEARCH_PORT:-9270}
ES_HEAP=${COTMOC_ELASTICSEARCH_HEAP:-512m}
ES_JAVA=${COTMOC_ELASTICSEARCH_JAVA:-}
# Options of the launcher, which only starts the server: quick to start rather than quick in the long run.
LAUNCHER_JAVA="-XX:TieredStopAtLevel=1 -Xshare:auto"
ES_USER=cotmoc-es
ES_HOME=$ROOT/elasticsearch-$ES_VERSION
PG_PORT=${COTMOC_POSTGRESQL_PORT:-5470}
PG_CLUSTER=cotmoc
REPLAYWEB_VERSION=2.4.6
PACKAGES=(postgresql chromium libreoffice-writer-nogui poppler-utils fonts-liberation2 iproute2 unzip)

EXPORTS=()

say() { echo "servers: $*" >&2; }
die() { say "$*"; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "cần quyền root để cài gói và tạo người dùng; chạy bằng sudo"; }

install_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return
    need_root
    say "cài gói Debian: ${missing[*]}"
    apt-get update -qq >&2
    # While postgresql is unpacked: no cluster of its own, which would start and stay. Ours is ended with the tests.
    local no_cluster=/etc/postgresql-common/createcluster.d/cotmoc.conf
    mkdir -p "${no_cluster%/*}"
    echo "create_main_cluster = false" > "$no_cluster"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || { rm -f "$no_cluster"; die "apt-get install không thành công"; }
    rm -f "$no_cluster"
}

# Elasticsearch 9 needs Java 21 or newer with jdk.incubator.vector (Debian's own Java 17 is too old).
find_java() {
    local home version best="" newest=0
    for home in ${ES_JAVA_HOME:-} ${JAVA_HOME:-} /usr/lib/jvm/*; do
        [ -x "$home/bin/java" ] || continue
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
        [ "${version:-0}" -ge 21 ] || continue
        "$home/bin/java" --list-modules 2>/dev/null | grep -q '^jdk.incubator.vector' || continue
        if [ "$version" -gt "$newest" ]; then newest=$version best=$home; fi
    done
    [ -n "$best" ] || die "Elasticsearch cần JDK ≥ 21 có jdk.incubator.vector dưới /usr/lib/jvm: hãy cài Temurin (https://adoptium.net, gói temurin-25-jdk) hoặc đặt ES_JAVA_HOME"
    echo "$best"
}

install_elasticsearch() {
    [ -f "$ES_HOME/.ready" ] && return
    need_root
    install_packages unzip
    find_java >/dev/null
    command -v mvn >/dev/null || install_packages maven
    local zip repository
    repository=$(mvn -q -B help:evaluate -Dexpression=settings.localRepository -DforceStdout 2>/dev/null || true)
    [ -d "$repository" ] || repository=$HOME/.m2/repository
    zip=$repository/org/elasticsearch/distribution/integ-test-zip/elasticsearch/$ES_VERSION/elasticsearch-$ES_VERSION.zip
    if [ ! -f "$zip" ]; then
        say "tải Elasticsearch $ES_VERSION từ Maven Central (132 MB)"
        mvn -q -B dependency:get -Dartifact="$ES_ARTIFACT" -Dtransitive=false >&2
    fi
    mkdir -p "$ROOT"
    unzip -q -o "$zip" -d "$ROOT"
    id "$ES_USER" >/dev/null 2>&1 || useradd --system --home-dir "$ROOT" --shell /usr/sbin/nologin "$ES_USER"
    chown -R "$ES_USER" "$ES_HOME"
    touch "$ES_HOME/.ready"
}

# A pid may have been given to another program since: only a process that runs from our folder counts.
es_runs() { [ -f "$ROOT/elasticsearch.pid" ] && { tr '\0' ' ' < "/proc/$(cat "$ROOT/elasticsearch.pid")/cmdline"; } 2>/dev/null | grep -q "$ES_HOME"; }

start_elasticsearch() {
    install_elasticsearch
    local pid_file=$ROOT/elasticsearch.pid url=http://127.0.0.1:$ES_PORT java
    if ! es_runs; then
        java=$(find_java)
        cat > "$ES_HOME/config/elasticsearch.yml" <<YML
cluster.name: cotmoc-tests
node.name: one
discovery.type: single-node
network.host: 127.0.0.1
http.port: $ES_PORT
transport.port: $((ES_PORT + 100))
xpack.security.enabled: false
path.data: $ROOT/elasticsearch-data
path.logs: $ROOT/elasticsearch-logs
# The disk of a test machine may be nearly full; the tests set the block themselves.
cluster.routing.allocation.disk.threshold_enabled: false
YML
        mkdir -p "$ROOT/elasticsearch-data" "$ROOT/elasticsearch-logs"
        chown -R "$ES_USER" "$ROOT/elasticsearch-data" "$ROOT/elasticsearch-logs" "$ES_HOME/config"
        say "khởi động Elasticsearch ở $url"
        # exec all the way: the pid is that of the launcher, which ends its server when it is ended.
        setsid setpriv --reuid="$ES_USER" --regid="$(id -g "$ES_USER")" --clear-groups \
            env HOME="$ROOT" ES_JAVA_HOME="$java" CLI_JAVA_OPTS="$LAUNCHER_JAVA" ES_JAVA_OPTS="-Xms$ES_HEAP -Xmx$ES_HEAP $ES_JAVA" "$ES_HOME/bin/elasticsearch" \
            >"$ROOT/elasticsearch.out" 2>&1 </dev/null &
        echo $! > "$pid_file"
    fi
    local tries=0
    until python3 - "$url" <<'PY' 2>/dev/null
import sys, urllib.request
urllib.request.urlopen(sys.argv[1] + "/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=3).read()
PY
    do
        tries=$((tries + 1))
        kill -0 "$(cat "$pid_file")" 2>/dev/null || { tail -n 20 "$ROOT/elasticsearch.out" >&2; die "Elasticsearch đã dừng khi khởi động"; }
        [ $tries -lt 120 ] || die "Elasticsearch không trả lời sau 120 lần thử; xem $ROOT/elasticsearch.out"
        sleep 1
    done
    EXPORTS+=("export COTMOC_TEST_ELASTICSEARCH_URL=$url")
}

# SEEDS: the transport addresses of all nodes, by comma; the first election counts them by address.
run_node() {
    local folder=$1/$2 name=$2 http=$3 transport=$4 seeds=$5 java
    install_elasticsearch
    java=$(find_java)
    mkdir -p "$folder"
    cp -r "$ES_HOME/config" "$folder/config"
    local security="xpack.security.enabled: false"
    if [ -d "$folder.secured" ]; then
        cp "$folder.secured/http.pem" "$folder.secured/http.key" "$folder.secured/users" "$folder.secured/users_roles" "$folder/config/"
        security="xpack.security.enabled: true
xpack.security.enrollment.enabled: false
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.certificate: http.pem
xpack.security.http.ssl.key: http.key
$(cat "$folder.secured/more.yml" 2>/dev/null || true)"
    fi
    cat > "$folder/config/elasticsearch.yml" <<YML
cluster.name: cotmoc-$(basename "$1")
node.name: $name
network.host: 127.0.0.1
http.port: $http
transport.port: $transport
discovery.seed_hosts: [$seeds]
cluster.initial_master_nodes: [$seeds]
$security
path.data: $folder/data
path.logs: $folder/logs
cluster.routing.allocation.disk.threshold_enabled: false
YML
    chown -R "$ES_USER" "$1"
    # Quick to start rather than quick in the long run: the node lives for a minute.
    exec setpriv --reuid="$ES_USER" --regid="$(id -g "$ES_USER")" --clear-groups \
        env HOME="$folder" ES_PATH_CONF="$folder/config" ES_JAVA_HOME="$java" CLI_JAVA_OPTS="$LAUNCHER_JAVA" \
        ES_JAVA_OPTS="-Xms$ES_HEAP -Xmx$ES_HEAP -XX:TieredStopAtLevel=1" "$ES_HOME/bin/elasticsearch"
}

start_postgresql() {
    install_packages postgresql
    need_root
    local version
    version=$(ls /usr/lib/postgresql | sort -n | tail -n 1)
    # Somebody removed the folder: the cluster's entry goes too, or it never starts again.
    if pg_lsclusters -h | awk '{print $2}' | grep -qx "$PG_CLUSTER" && [ ! -f "$ROOT/postgresql/PG_VERSION" ]; then
        pg_dropcluster "$version" "$PG_CLUSTER" || true
    fi
    pg_lsclusters -h | awk '{print $2}' | grep -qx "$PG_CLUSTER" ||
        pg_createcluster --port "$PG_PORT" --datadir "$ROOT/postgresql" "$version" "$PG_CLUSTER" -- --auth-host=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
    if ! pg_lsclusters -h | awk -v c="$PG_CLUSTER" '$2 == c {print $4}' | grep -q online; then
        say "khởi động PostgreSQL $version ở cổng $PG_PORT"
        pg_ctlcluster "$version" "$PG_CLUSTER" start
        touch "$ROOT/postgresql.started"
    fi
    local psql=(setpriv --reuid=postgres --regid=postgres --clear-groups psql -q -p "$PG_PORT" -d postgres -tA)
    cd /
    "${psql[@]}" -c "SELECT 1 FROM pg_roles WHERE rolname = 'cotmoc'" | grep -q 1 || "${psql[@]}" -c "CREATE ROLE cotmoc LOGIN CREATEDB"
    "${psql[@]}" -c "SELECT 1 FROM pg_database WHERE datname = 'cotmoc_test'" | grep -q 1 || "${psql[@]}" -c "CREATE DATABASE cotmoc_test OWNER cotmoc"
    cd - >/dev/null
    EXPORTS+=("export COTMOC_TEST_DATABASE_URL=postgresql://cotmoc@127.0.0.1:$PG_PORT/cotmoc_test")
}

# The player of web archives, as its authors publish it (AGPL-3.0): used by one test, part of nothing that we ship.
start_replayweb() {
    local home=$ROOT/replaywebpage-$REPLAYWEB_VERSION
    if [ ! -f "$home/sw.js" ]; then
        command -v npm >/dev/null || install_packages npm
        say "tải ReplayWeb.page $REPLAYWEB_VERSION (npm)"
        mkdir -p "$home"
        (cd "$home" && npm pack --silent "replaywebpage@$REPLAYWEB_VERSION" >/dev/null && tar xzf replaywebpage-*.tgz --strip-components=1 package/ui.js package/sw.js && rm -f replaywebpage-*.tgz) ||
            die "không tải được replaywebpage từ npm"
    fi
    EXPORTS+=("export COTMOC_TEST_REPLAYWEB=$home")
}

stop_all() {
    local pid_file=$ROOT/elasticsearch.pid pid tries
    if es_runs; then
        pid=$(cat "$pid_file")
        kill "$pid" 2>/dev/null || true
        for tries in $(seq 60); do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done
        # The launcher leads a session of its own (setsid): what is left of it goes too.
        kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    rm -f "$pid_file"
    if [ -f "$ROOT/postgresql.started" ]; then
        pg_ctlcluster "$(ls /usr/lib/postgresql | sort -n | tail -n 1)" "$PG_CLUSTER" stop -m fast || true
        rm -f "$ROOT/postgresql.started"
    fi
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
    install)
        what=${1:-all}
        [ "$what" = elasticsearch ] || install_packages "${PACKAGES[@]}"
        [ "$what" = packages ] || install_elasticsearch
        ;;
    start)
        mkdir -p "$ROOT"
        # Without names: everything that the tests use, as CI does.
        [ $# -gt 0 ] || { install_packages "${PACKAGES[@]}"; set -- elasticsearch postgresql replayweb; }
        for server in "$@"; do
            case $server in
                elasticsearch) start_elasticsearch >&2 ;;
                postgresql) start_postgresql >&2 ;;
                replayweb) start_replayweb >&2 ;;
                *) die "không biết máy chủ “$server”; có: elasticsearch, postgresql, replayweb" ;;
            esac
        done
        # The caller evaluates standard output: only these lines may stand there. pg_ctlcluster says "Removed stale pid
        # file." there after a machine that stopped hard (CI, 2026-11-21).
        printf '%s\n' "${EXPORTS[@]}"
        ;;
    node) run_node "$@" ;;
    stop) stop_all ;;
    *) sed -n '2,13p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2 ;;
esac
