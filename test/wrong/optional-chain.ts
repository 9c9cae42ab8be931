// ML1035 6:18
class Node {
  next: Node | null;
}
const first = zeroed<Node>();
export function main(): void {
  const second = first.next?.next;
}
