// Quicksort, heap sort and a sieve over arrays; binary search.
//
// expect: quick 500 sorted
// expect: heap 500 sorted
// expect: primes 1229 9973
// expect: search 7 none
// expect: checksum 245525

import { decimal, flush, line, put, text } from "./support/print.ts";

const count: u32 = 500;
const values = zeroed<Fixed<u32, 500>>();
const sieve = zeroed<Fixed<bool, 10000>>();
const squares = table<u16>(0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100);
let seed: u32 = 1;

function random(): u32 {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return seed;
}

function shuffle(): void {
  for (let i: u32 = 0; i < count; i++) values[i] = random() % 1000;
}

function swap(a: u32, b: u32): void {
  const old = values[a];
  values[a] = values[b];
  values[b] = old;
}

function quickSort(first: u32, end: u32): void {
  let from = first;
  let to = end;
  while (to - from > 1) {
    const pivot = values[from + (to - from - 1) / 2];
    let i = from;
    let j = to - 1;
    while (true) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i >= j) break;
      swap(i, j);
      i++;
      j--;
    }
    const middle = j + 1;
    if (middle - from < to - middle) {
      quickSort(from, middle);
      from = middle;
    } else {
      quickSort(middle, to);
      to = middle;
    }
  }
}

function sink(start: u32, end: u32): void {
  let parent = start;
  while (true) {
    let child = 2 * parent + 1;
    if (child >= end) return;
    if (child + 1 < end && values[child + 1] > values[child]) child++;
    if (values[parent] >= values[child]) return;
    swap(parent, child);
    parent = child;
  }
}

function heapSort(): void {
  for (let i: u32 = count / 2; i > 0; i--) sink(i - 1, count);
  for (let end: u32 = count - 1; end > 0; end--) {
    swap(0, end);
    sink(0, end);
  }
}

function isSorted(): bool {
  for (let i: u32 = 1; i < count; i++) if (values[i - 1] > values[i]) return false;
  return true;
}

function report(name: string): void {
  text(name);
  decimal(count);
  line(isSorted() ? " sorted" : " wrong");
}

function primes(): void {
  let found: u32 = 0;
  let greatest: u32 = 0;
  for (let i: u32 = 2; i < sieve.length; i++) {
    if (sieve[i]) continue;
    found++;
    greatest = i;
    for (let j = i * i; j < sieve.length; j += i) sieve[j] = true;
  }
  text("primes ");
  decimal(found);
  put(32);
  decimal(greatest);
  put(10);
}

function search(value: u16): i32 {
  let low: i32 = 0;
  let high: i32 = squares.length - 1;
  while (low <= high) {
    const middle = low + (high - low) / 2;
    if (squares[middle] === value) return middle;
    if (squares[middle] < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function main(): void {
  shuffle();
  quickSort(0, count);
  report("quick ");
  shuffle();
  heapSort();
  report("heap ");
  primes();
  text("search ");
  decimal(search(49) as u32);
  line(search(50) < 0 ? " none" : " wrong");
  let sum: u32 = 0;
  for (let i: u32 = 0; i < count; i++) sum += values[i];
  text("checksum ");
  decimal(sum);
  put(10);
  flush();
}
