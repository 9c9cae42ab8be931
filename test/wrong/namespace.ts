// ML1017 1:1
namespace Inner {}
export function main(): void {}
