/**
 * Every diagnostic of the front end: its number, its sentence and what to do about it. `{word}` in a text is
 * replaced by the report's values. Numbers are never reused: 10xx the subset's syntax, 11xx names and modules,
 * 12xx types, 13xx constants, 14xx classes and storage, 15xx control flow, 16xx intrinsics.
 *
 * `test/wrong/` has at least one program for each row.
 */

export const diagnosticTable = {
  // 10xx: what the parser adapter refuses
  syntax: { number: 1001, message: "{message}" },
  tooDeep: {
    number: 1002,
    message: "this is nested too deeply",
    help: "split the expression or the function",
  },
  var: { number: 1003, message: "`var` is not part of the language", help: "use `let` or `const`" },
  destructuring: {
    number: 1004,
    message: "destructuring is not part of the language",
    help: "declare one variable for each value",
  },
  spread: {
    number: 1005,
    message: "`...` is not part of the language",
    help: "pass a pointer and a length instead",
  },
  closure: {
    number: 1006,
    message: "functions are not values",
    help: "declare a function at the top level of a file and call it by its name",
  },
  nestedDeclaration: {
    number: 1007,
    message: "{what} can only be declared at the top level of a file",
    help: "move the declaration out of the function",
  },
  async: {
    number: 1008,
    message: "there are no asynchronous functions and no generators",
    help: "write a loop around the system call that waits, such as epoll_wait",
  },
  exception: {
    number: 1009,
    message: "there are no exceptions",
    help: "return an error code and test it; end with `unreachable()` where the program cannot go on",
  },
  new: {
    number: 1010,
    message: "there is no heap, so there is no `new`",
    help: "use static storage: `const x = zeroed<{name}>()` at the top level of a file",
  },
  inheritance: {
    number: 1011,
    message: "classes do not inherit",
    help: "put the shared fields into a class and hold it in a field of type Inline<C>",
  },
  accessor: {
    number: 1012,
    message: "there are no getters, setters or accessors",
    help: "write a method",
  },
  constructor: {
    number: 1013,
    message: "classes have no constructor",
    help: "storage starts as zeros; write a method that sets the fields",
  },
  decorator: { number: 1014, message: "there are no decorators" },
  generic: {
    number: 1015,
    message: "declarations have no type parameters",
    help: "write one declaration for each type",
  },
  interface: {
    number: 1016,
    message: "there are no interfaces and no object types",
    help: "declare a class: its fields have a defined layout",
  },
  namespace: { number: 1017, message: "there are no namespaces", help: "use one file for each" },
  declare: {
    number: 1018,
    message: "`declare` is only for the declarations of virtual modules",
    help: "give the declaration a value or a body",
  },
  wholeImport: {
    number: 1019,
    message: "only single names are imported and exported",
    help: 'write `import {{ name } from "./file.ts"` and `export function name`',
  },
  dynamicImport: {
    number: 1020,
    message: "there is no dynamic import",
    help: "import names at the top of the file",
  },
  emptyImport: {
    number: 1021,
    message: "this import names nothing",
    help: "a file has no code that runs by itself; import the names that are used",
  },
  number: {
    number: 1022,
    message: "`{name}` says nothing about the width",
    help: "use one of u8 i8 u16 i16 u32 i32 u64 i64 usize isize",
  },
  union: {
    number: 1023,
    message: "there are no union types but `| null`",
    help: "use an enum, or a class with a field that says which it is",
  },
  arrayType: {
    number: 1024,
    message: "there are no dynamic arrays and tuples",
    help: "use Fixed<T, N> for storage and Ptr<T> for the address of elements",
  },
  functionType: {
    number: 1025,
    message: "functions are not values, so they have no types",
    help: "call the function by its name, chosen by a `switch`",
  },
  otherType: {
    number: 1026,
    message: "this type is not part of the language",
    help: "types are integers, bool, string, Ptr<T>, Fixed<T, N> and classes",
  },
  float: {
    number: 1027,
    message: "there are no floating-point numbers",
    help: "write an integer; scale the unit, such as milliseconds for seconds",
  },
  bigint: {
    number: 1028,
    message: "integers are written without `n`",
    help: "every literal is exact up to 64 bits",
  },
  regularExpression: {
    number: 1029,
    message: "there are no regular expressions",
    help: "compare bytes in a loop, or with `equal`",
  },
  substitution: {
    number: 1030,
    message: "templates have no substitutions and no tags",
    help: "strings are constant bytes; write the parts one after the other",
  },
  objectLiteral: {
    number: 1031,
    message: "there are no object literals",
    help: "use a class and zeroed<C>(), or `const NAME = {{ A: 0 } as const` at the top level for constants",
  },
  arrayLiteral: {
    number: 1032,
    message: "there are no array literals",
    help: "use `const t = table<u16>(1, 2, 3)` at the top level of a file",
  },
  operator: { number: 1033, message: "there is no operator `{operator}`", help: "{help}" },
  looseEquality: {
    number: 1034,
    message: "`{operator}` is not part of the language",
    help: "write `{operator}=`",
  },
  optionalChain: {
    number: 1035,
    message: "there is no optional chaining",
    help: "test with `!== null` first",
  },
  sequence: {
    number: 1036,
    message: "the comma operator is only for the parts of a `for`",
    help: "write two statements",
  },
  forIn: {
    number: 1037,
    message: "there is no `for … {word}`",
    help: "count: `for (let i: u32 = 0; i < n; i++)`",
  },
  otherStatement: { number: 1038, message: "this statement is not part of the language" },
  defaultValue: {
    number: 1039,
    message: "parameters have no default and are never optional",
    help: "pass every argument",
  },
  untypedParameter: {
    number: 1040,
    message: "parameter `{name}` needs a type",
    help: "write `{name}: u32`, or the type that it has",
  },
  untypedResult: {
    number: 1041,
    message: "function `{name}` needs a result type",
    help: "write `: void` behind the parameters when it returns nothing",
  },
  missingValue: {
    number: 1042,
    message: "`{name}` needs a first value",
    help: "write `{name}: T = value`: a variable always has a value",
  },
  topLevelStatement: {
    number: 1043,
    message: "only declarations stand at the top level of a file",
    help: "put the statement into `export function main(): i32`",
  },
  fieldValue: {
    number: 1044,
    message: "fields have no first value",
    help: "storage starts as zeros; set the field in a method",
  },
  untypedField: {
    number: 1045,
    message: "field `{name}` needs a type",
    help: "write `{name}: u32`, or the type that it has",
  },
  memberName: {
    number: 1046,
    message: "names of members are plain identifiers",
    help: "write the name without `#`, quotes or brackets",
  },
  classMember: { number: 1047, message: "a class has fields, methods and `static readonly` constants only" },
  modifier: {
    number: 1048,
    message: "`{modifier}` is not part of the language",
    help: "leave it out; fields may be `readonly`, methods `static`",
  },
  staticVariable: {
    number: 1049,
    message: "a static member is a method or a `static readonly` constant",
    help: "use `let` at the top level of the file",
  },
  assertion: {
    number: 1050,
    message: "`{form}` is not part of the language",
    help: "write `value as T` for a cast",
  },
  otherExpression: { number: 1051, message: "this expression is not part of the language" },
  groupMember: {
    number: 1052,
    message: "a group of constants has plain members: `{{ A: 0, B: 1 } as const`",
  },
  stringMember: {
    number: 1053,
    message: "members of an enum are integers",
    help: 'use `const NAME = "text"` for strings',
  },

  // 11xx: names and modules
  unknownName: {
    number: 1101,
    message: "nothing is called `{name}` here",
    help: 'declare it, or import it from a file or from "microlith/std"; what JavaScript has by itself is not there',
  },
  unknownType: {
    number: 1102,
    message: "no type is called `{name}` here",
    help: "types are integers, bool, string, Ptr<T>, Fixed<T, N> and the program's own",
  },
  duplicate: { number: 1103, message: "`{name}` is declared twice", help: "rename one of the two" },
  unknownModule: {
    number: 1104,
    message: "there is no module `{specifier}`",
    help: 'name a file with its suffix, such as "./file.ts", or "microlith/std"',
  },
  notExported: {
    number: 1105,
    message: "`{module}` does not export `{name}`",
  },
  beforeDeclaration: {
    number: 1106,
    message: "`{name}` is used before its declaration",
    help: "move the declaration up",
  },
  missingMain: {
    number: 1107,
    message: "the program has no `main`",
    help: "write `export function main(): i32 {{ return 0; }` in this file",
  },
  mainSignature: {
    number: 1108,
    message: "`main` takes nothing or `(stack: usize)`, and returns i32, void or never",
    help: "`argument(stack, 1)` of microlith/std is the program's first argument",
  },
  notValue: { number: 1109, message: "`{name}` is a {what}, not a value", help: "{help}" },
  notType: { number: 1110, message: "`{name}` is not a type" },
  absent: {
    number: 1111,
    message: "`{name}` does not exist on this target",
    help: "ask for another target, or leave the code out by a condition on a constant",
  },
  undefined: {
    number: 1112,
    message: "there is no `undefined`",
    help: "use `null` for a pointer to nothing",
  },

  // 12xx: types
  mismatch: { number: 1201, message: "this is {found}, where {expected} is wanted", help: "{help}" },
  outOfRange: {
    number: 1202,
    message: "{value} does not fit {type}, which holds {least} to {most}",
    help: "{help}",
  },
  narrowing: {
    number: 1203,
    message: "{found} does not become {expected} by itself",
    help: "write `{cast}`, which keeps the bits that fit",
  },
  mixed: {
    number: 1204,
    message: "{left} and {right} do not mix",
    help: "cast one side: `{cast}`",
  },
  integerOperand: {
    number: 1205,
    message: "`{operator}` works on integers, and this is {found}",
    help: "{help}",
  },
  booleanOperand: {
    number: 1206,
    message: "`{operator}` works on bool, and this is {found}",
    help: "{help}",
  },
  condition: { number: 1207, message: "a condition is a bool, and this is {found}", help: "{help}" },
  cast: { number: 1208, message: "{found} does not cast to {expected}", help: "{help}" },
  notIndexable: {
    number: 1209,
    message: "{found} has no elements",
    help: "index a Ptr<T> or a Fixed<T, N>; `bytes(text)` gives the bytes of a string",
  },
  indexWidth: {
    number: 1210,
    message: "an index, a distance or an amount has at most 32 bits, and this is {found}",
    help: "write `{cast}`",
  },
  unknownMember: { number: 1211, message: "{type} has no member `{name}`" },
  notCallable: {
    number: 1212,
    message: "this is not a function",
    help: "call a function or a method by its name",
  },
  argumentCount: { number: 1213, message: "`{name}` takes {expected}, and {found} given" },
  noValue: { number: 1214, message: "this call has no value", help: "use it as a statement" },
  assignConstant: { number: 1215, message: "`{name}` is constant", help: "{help}" },
  assignInPlace: {
    number: 1216,
    message: "{type} lies in place and is not assigned as a whole",
    help: "set its fields, or copy its bytes with `copy`",
  },
  assignReadonly: { number: 1217, message: "{what} is read-only" },
  notPlace: {
    number: 1218,
    message: "this cannot be assigned to",
    help: "assign to a variable, a field or an element",
  },
  comparison: {
    number: 1219,
    message: "`{operator}` does not compare {left} and {right}",
    help: "{help}",
  },
  signedShift: {
    number: 1220,
    message: "`>>>` works on unsigned integers, and this is {found}",
    help: "write `{cast}`, or `>>` for a shift that keeps the sign",
  },
  typeArguments: { number: 1221, message: "`{name}` takes {expected}" },
  stringPlace: {
    number: 1222,
    message: "a string lives in parameters and variables only",
    help: "use Ptr<u8> and a length",
  },
  valueType: { number: 1223, message: "{type} is not the type of a {use}", help: "{help}" },
  inlineType: {
    number: 1224,
    message: "Inline<C> is the type of a field, and C a class",
    help: "write the class itself",
  },
  methodValue: {
    number: 1225,
    message: "`{name}` is a method, and functions are not values",
    help: "call it: `{name}(…)`",
  },

  // 13xx: constants
  notConstant: {
    number: 1301,
    message: "the value must be known when compiling",
    help: "use literals and constants only",
  },
  divisionByZero: { number: 1302, message: "this divides by zero" },
  shiftAmount: {
    number: 1303,
    message: "{type} has {bits} bits; it is not shifted by {amount}",
    help: "{help}",
  },
  indexRange: { number: 1304, message: "the elements of {type} are 0 to {last}, and this is {index}" },
  tooLarge: { number: 1305, message: "this constant needs more than 64 bits" },
  needsType: {
    number: 1306,
    message: "{value} does not fit i32, the type of a plain number",
    help: "write the type: `{name}: u32`, `{name}: u64` …",
  },
  constantCycle: { number: 1307, message: "`{name}` is part of its own value" },
  fixedLength: {
    number: 1308,
    message: "the length of Fixed<T, N> is a constant from 0 on",
    help: "write a number, or `typeof N` of a constant N",
  },

  // 14xx: classes and storage
  recursiveClass: {
    number: 1401,
    message: "`{name}` would lie inside itself",
    help: "use a reference: a field of type `{name} | null`",
  },
  objectSize: { number: 1402, message: "{type} is larger than 2 GiB" },
  storageType: {
    number: 1403,
    message: "storage is a class or a Fixed<T, N>, and this is {type}",
    help: "{help}",
  },
  scratchCycle: {
    number: 1404,
    message: "`{name}` has scratch storage and calls itself (through {path})",
    help: "the calls would share the storage; use zeroed<T>() at the top level and say so, or a loop",
  },
  globalType: {
    number: 1405,
    message: "a variable at the top level is an integer, a bool, a pointer or a reference",
    help: "use `const x = zeroed<T>()` for storage, `const` for strings",
  },

  // 15xx: control flow
  missingReturn: {
    number: 1501,
    message: "`{name}` can end without returning {type}",
    help: "return a value on every path, also for what no `case` names, or end with `unreachable()`",
  },
  returnsNever: {
    number: 1502,
    message: "`{name}` has the result never, but can return",
    help: "end with `while (true)`, `unreachable()` or a call that does not return",
  },
  returnValue: { number: 1503, message: "`{name}` returns {expected}" },
  noLoop: { number: 1504, message: "there is nothing to `{word}` here" },
  unknownLabel: { number: 1505, message: "no statement around this is labelled `{name}`" },
  noEffect: {
    number: 1506,
    message: "this statement does nothing",
    help: "a statement is a call or an assignment; use `if` to choose",
  },
  duplicateCase: { number: 1507, message: "the case {value} stands twice" },

  // 16xx: intrinsics
  onlyInitial: { number: 1601, message: "`{name}` only stands as {place}" },
  byteText: {
    number: 1602,
    message: "`byte` takes a literal of one byte",
    help: 'write `byte("a")` or `byte("\\x7f")`',
  },
  tableType: {
    number: 1603,
    message: "`table` holds integers and bool, and this is {type}",
    help: "write `table<u16>(1, 2, 3)`",
  },
  farType: { number: 1604, message: "`{name}` moves integers, and this is {type}", help: "{help}" },
  referenceType: {
    number: 1605,
    message: "`reference` makes a reference to a class, and this is {type}",
    help: "use `pointer<T>`",
  },
  addressOperand: {
    number: 1606,
    message: "{found} has no address",
    help: "{help}",
  },
  systemCall: {
    number: 1607,
    message: "a system call has a number and up to six arguments of a machine word",
  },
} as const;

export type DiagnosticName = keyof typeof diagnosticTable;
