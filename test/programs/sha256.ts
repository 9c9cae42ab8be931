// SHA-256 and CRC-32 of known texts.
//
// expect: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
// expect: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
// expect: 248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1
// expect: cbf43926

import { flush, hex, put } from "./support/print.ts";

const initial = table<u32>(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);
const round = table<u32>(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);
const state = zeroed<Fixed<u32, 8>>();
const block = zeroed<Fixed<u8, 64>>();

function rotateRight(value: u32, amount: u32): u32 {
  return rotateLeft(value, 32 - amount);
}

function compress(): void {
  const w = scratch<Fixed<u32, 64>>();
  const words = pointer<u32>(address(block));
  for (let t: u32 = 0; t < 16; t++) w[t] = byteSwap(words[t]);
  for (let t: u32 = 16; t < 64; t++) {
    const a = w[t - 15];
    const b = w[t - 2];
    const s0 = rotateRight(a, 7) ^ rotateRight(a, 18) ^ (a >>> 3);
    const s1 = rotateRight(b, 17) ^ rotateRight(b, 19) ^ (b >>> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t: u32 = 0; t < 64; t++) {
    const s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = h + s1 + choice + round[t] + w[t];
    const s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + s0 + majority;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function sha256(message: string): void {
  for (let i: u32 = 0; i < 8; i++) state[i] = initial[i];
  let used: u32 = 0;
  for (let i: u32 = 0; i < message.length; i++) {
    block[used++] = bytes(message)[i];
    if (used === 64) {
      compress();
      used = 0;
    }
  }
  block[used++] = 0x80;
  if (used > 56) {
    fill(block.add(used), 0, 64 - used);
    compress();
    used = 0;
  }
  fill(block.add(used), 0, 60 - used);
  const length = pointer<u32>(address(block.add(60)));
  length[0] = byteSwap(message.length * 8);
  compress();
  for (let i: u32 = 0; i < 8; i++) hex(state[i]);
  put(10);
}

function crc32(message: string): u32 {
  let crc: u32 = ~0 as u32;
  for (let i: u32 = 0; i < message.length; i++) {
    crc ^= bytes(message)[i];
    for (let bit: u32 = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc;
}

export function main(): void {
  sha256("abc");
  sha256("");
  sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
  hex(crc32("123456789"));
  put(10);
  flush();
}
