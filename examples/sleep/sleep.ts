/**
 * `sleep 5`, `sleep 2m`, `sleep infinity`: waits for seconds, minutes, hours or days. It can be stopped as process 1 too, with the
 * status that a shell shows for the signal.
 */

import {
  argument,
  blockSignals,
  equalText,
  exit,
  fail,
  stopSignals,
  type Time,
  waitForSignal,
  waitForSignalUntil,
} from "microlith/std";

const usage = "usage: sleep NUMBER[smhd] | sleep infinity\n";

const time = zeroed<Time>();

export function main(stack: usize): void {
  const text = argument(stack, 1);
  if (text === 0) fail(usage);
  const isEndless = equalText(text, "infinity");
  if (!isEndless) time.seconds = parseDuration(text) as isize;
  blockSignals(stopSignals);
  const signal = isEndless ? waitForSignal(stopSignals) : waitForSignalUntil(stopSignals, time);
  if (signal > 0) exit(128 + signal);
}

/** In seconds; at most as many as an i32 holds. */
function parseDuration(text: usize): u32 {
  let at = text;
  let number: u32 = 0;
  let unit: u32 = 1;
  do {
    const digit: u8 = load<u8>(at) - byte("0");
    if (digit > 9 || number > 99_999_999) fail(usage);
    number = number * 10 + digit;
    at += 1;
  } while (load<u8>(at) - byte("0") <= 9);
  switch (load<u8>(at)) {
    case 0:
      return number;
    case byte("s"):
      break;
    case byte("m"):
      unit = 60;
      break;
    case byte("h"):
      unit = 3600;
      break;
    case byte("d"):
      unit = 86_400;
      break;
    default:
      fail(usage);
  }
  if (load<u8>(at + 1) !== 0 || number > 0x7fff_ffff / unit) fail(usage);
  return number * unit;
}
