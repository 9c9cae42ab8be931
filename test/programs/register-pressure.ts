// More values alive at once than any machine has registers: over a loop, over a call, in one expression, and 64 bits wide.
//
// expect: loop 948211
// expect: call 325
// expect: expression 1073741823
// expect: wide 1168231104511
// expect: exchange 24 1

import { decimal, flush, put, text } from "./support/print.ts";

const values = zeroed<Fixed<u32, 32>>();
let calls: u32 = 0;

function number(value: u64): void {
  put(32);
  decimal(value);
}

function next(value: u32): u32 {
  calls++;
  return value + 1;
}

function overLoop(n: u32): u32 {
  let a: u32 = 1;
  let b: u32 = 2;
  let c: u32 = 3;
  let d: u32 = 4;
  let e: u32 = 5;
  let f: u32 = 6;
  let g: u32 = 7;
  let h: u32 = 8;
  let i: u32 = 9;
  let j: u32 = 10;
  let k: u32 = 11;
  let l: u32 = 12;
  let m: u32 = 13;
  let o: u32 = 14;
  let p: u32 = 15;
  let q: u32 = 16;
  let r: u32 = 17;
  let s: u32 = 18;
  let t: u32 = 19;
  let u: u32 = 20;
  let v: u32 = 21;
  let w: u32 = 22;
  for (let round: u32 = 0; round < n; round++) {
    a += b;
    b += c;
    c += d;
    d += e;
    e += f;
    f += g;
    g += h;
    h += i;
    i += j;
    j += k;
    k += l;
    l += m;
    m += o;
    o += p;
    p += q;
    q += r;
    r += s;
    s += t;
    t += u;
    u += v;
    v += w;
    w += round;
  }
  return a + b + c + d + e + f + g + h + i + j + k + l + m + o + p + q + r + s + t + u + v + w;
}

function overCall(start: u32): u32 {
  const a = next(start);
  const b = next(a);
  const c = next(b);
  const d = next(c);
  const e = next(d);
  const f = next(e);
  const g = next(f);
  const h = next(g);
  const i = next(h);
  const j = next(i);
  const k = next(j);
  const l = next(k);
  const m = next(l);
  const n = next(m);
  const o = next(n);
  const p = next(o);
  const q = next(p);
  const r = next(q);
  const s = next(r);
  const t = next(s);
  const u = next(t);
  const v = next(u);
  const w = next(v);
  const x = next(w);
  const y = next(x);
  return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w + x + y;
}

function expression(p: Ptr<u32>): u32 {
  return (
    p[0] |
    (p[1] |
      (p[2] |
        (p[3] |
          (p[4] |
            (p[5] |
              (p[6] |
                (p[7] |
                  (p[8] |
                    (p[9] |
                      (p[10] |
                        (p[11] |
                          (p[12] |
                            (p[13] |
                              (p[14] |
                                (p[15] |
                                  (p[16] |
                                    (p[17] |
                                      (p[18] |
                                        (p[19] |
                                          (p[20] |
                                            (p[21] |
                                              (p[22] |
                                                (p[23] |
                                                  (p[24] |
                                                    (p[25] |
                                                      (p[26] |
                                                        (p[27] | (p[28] | p[29]))))))))))))))))))))))))))))
  );
}

function wide(start: u64): u64 {
  const a = start << 1;
  const b = a << 2;
  const c = b << 3;
  const d = c << 4;
  const e = d << 5;
  const f = e << 6;
  const g = f << 7;
  const h = g << 8;
  const i = start << 39;
  const low =
    a - 1 + (b - 2) + (c - 8) + (d - 64) + (e - 1024) + (f - 32768) + (g - 2097152) + (h - 268435456);
  return (
    low +
    (i << 1) -
    (h - 1) -
    (a + b + c + d + e + f + g - 1 - 2 - 8 - 64 - 1024 - 32768 - 2097152 - 268435456 + 1) +
    h -
    1
  );
}

function exchange(n: u32): void {
  let a: u32 = 1;
  let b: u32 = 24;
  let c: u32 = 3;
  for (let i: u32 = 0; i < n; i++) {
    const old = a;
    a = b;
    b = c;
    c = old;
  }
  number(a);
  number(c);
}

export function main(): void {
  for (let i: u32 = 0; i < 30; i++) values[i] = (1 as u32) << i;
  text("loop");
  number(overLoop(12));
  text("\ncall");
  number(overCall(0));
  text("\nexpression");
  number(expression(values));
  text("\nwide");
  number(wide(1));
  text("\nexchange");
  exchange(4);
  put(10);
  flush();
}
