// The programs that tests run and the Debian packages they come in. `npm test` installs what is missing where it
// may; `needs()` in test/support/require-tool.ts asks this table which package to name.

/** @type {readonly import("./packages.mjs").ToolPackage[]} */
export const packages = [
  {
    name: "binutils",
    commands: ["as", "objdump", "readelf"],
    suites: "encodings and executables beside the GNU tools",
  },
  { name: "gcc", commands: ["gcc"], suites: "programs through --emit c" },
  { name: "libc6-dev", commands: [], suites: "programs through --emit c" },
  { name: "binutils-aarch64-linux-gnu", commands: ["aarch64-linux-gnu-as"], suites: "arm64 encodings" },
  { name: "binutils-arm-linux-gnueabi", commands: ["arm-linux-gnueabi-as"], suites: "arm encodings" },
  { name: "binutils-riscv64-linux-gnu", commands: ["riscv64-linux-gnu-as"], suites: "riscv64 encodings" },
  { name: "binutils-i686-linux-gnu", commands: ["i686-linux-gnu-as"], suites: "386 encodings" },
  {
    name: "gcc-aarch64-linux-gnu",
    commands: ["aarch64-linux-gnu-gcc"],
    suites: "arm64 programs through --emit c",
  },
  {
    name: "gcc-arm-linux-gnueabi",
    commands: ["arm-linux-gnueabi-gcc"],
    suites: "arm programs through --emit c",
  },
  {
    name: "gcc-riscv64-linux-gnu",
    commands: ["riscv64-linux-gnu-gcc"],
    suites: "riscv64 programs through --emit c",
  },
  { name: "gcc-i686-linux-gnu", commands: ["i686-linux-gnu-gcc"], suites: "386 programs through --emit c" },
  { name: "llvm", commands: ["llvm-mc"], suites: "encodings beside LLVM" },
  { name: "clang", commands: ["clang"], suites: "code size beside clang" },
  { name: "afl++", commands: ["afl-fuzz", "afl-clang-fast"], suites: "the server under AFL++" },
  { name: "nginx-light", commands: ["nginx"], suites: "the server beside nginx" },
  { name: "gdb", commands: ["gdb"], suites: "debugging" },
  {
    name: "qemu-user-static",
    commands: ["qemu-x86_64-static", "qemu-aarch64-static"],
    suites: "programs under emulation",
  },
  {
    name: "qemu-system-arm",
    commands: ["qemu-system-aarch64", "qemu-system-arm"],
    suites: "arm64 and arm programs under kernels of their own",
  },
  {
    name: "qemu-system-x86",
    commands: ["qemu-system-x86_64", "qemu-system-i386"],
    suites: "amd64 and 386 programs under kernels of their own",
  },
  {
    name: "qemu-system-misc",
    commands: ["qemu-system-riscv64"],
    suites: "riscv64 programs under a kernel of their own",
  },
  {
    name: "debian-archive-keyring",
    commands: [],
    files: ["/usr/share/keyrings/debian-archive-keyring.gpg"],
    suites: "Debian's kernels",
  },
  { name: "gdb-multiarch", commands: ["gdb-multiarch"], suites: "debugging under emulation" },
  { name: "skopeo", commands: ["skopeo"], suites: "image archives" },
  { name: "umoci", commands: ["umoci"], suites: "image archives" },
  { name: "buildah", commands: ["buildah"], suites: "images by buildah" },
  { name: "podman", commands: ["podman"], suites: "containers with Podman" },
  { name: "crun", commands: ["crun"], suites: "containers with Podman" },
  { name: "docker.io", commands: ["dockerd"], suites: "containers with Docker" },
  { name: "docker-cli", commands: ["docker"], suites: "containers with Docker" },
  { name: "iptables", commands: ["iptables"], suites: "containers with Docker" },
  { name: "containerd", commands: ["containerd", "ctr"], suites: "containers with containerd" },
  { name: "docker-registry", commands: ["docker-registry"], suites: "registries" },
  { name: "apache2-utils", commands: ["htpasswd"], suites: "registries with a password" },
  { name: "openssl", commands: ["openssl"], suites: "registries with TLS" },
  {
    name: "golang-github-opencontainers-image-spec-dev",
    commands: [],
    files: ["/usr/share/gocode/src/github.com/opencontainers/image-spec/schema"],
    suites: "the OCI schemas",
  },
  { name: "chromium", commands: ["chromium"], suites: "sites in a browser" },
];

/**
 * Those the benchmark compares with; `npm run bench` installs them where it may.
 * @type {readonly import("./packages.mjs").ToolPackage[]}
 */
export const benchPackages = [
  { name: "wrk", commands: ["wrk"], suites: "load" },
  { name: "gcc", commands: ["gcc"], suites: "the do-nothing responder" },
  { name: "libc6-dev", commands: [], suites: "the do-nothing responder" },
  { name: "util-linux", commands: ["taskset"], suites: "one core for the server, builds by one processor" },
  { name: "nginx-light", commands: ["nginx"], suites: "nginx" },
  { name: "lighttpd", commands: ["lighttpd"], suites: "lighttpd" },
  { name: "busybox-static", commands: ["busybox"], suites: "busybox httpd" },
  { name: "h2o", commands: ["h2o"], suites: "h2o", optional: true },
  { name: "caddy", commands: ["caddy"], suites: "caddy", optional: true },
];
