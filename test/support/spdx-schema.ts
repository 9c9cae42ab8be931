/**
 * A JSON schema of the part of SPDX 2.3 that our bills use, after the clauses of the specification that say what a field holds and whether it has to be there
 * (the numbers beside the fields). It is stricter than SPDX's own, which is not in any package: no field but these, and the forms of identifiers,
 * digests and times as well.
 */

const text = { type: "string", minLength: 1 };
/** 6.3, 7.2, 8.2: letters, digits, dots and dashes. */
const id = { type: "string", pattern: "^SPDXRef-[A-Za-z0-9.-]+$" };
const hex = (digits: number): object => ({ type: "string", pattern: `^[0-9a-f]{${digits}}$` });
const list = (items: object, minItems = 0): object => ({ type: "array", items, minItems, uniqueItems: true });

function record(
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
): object {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

/** 7.10, 8.4: of the algorithms those that we have. */
const checksum = {
  oneOf: [
    record({ algorithm: { const: "SHA1" }, checksumValue: hex(40) }),
    record({ algorithm: { const: "SHA256" }, checksumValue: hex(64) }),
    record({ algorithm: { const: "SHA512" }, checksumValue: hex(128) }),
  ],
};

/** 7: a package of which no file is listed; the image, of which all are. */
const packageFields = { SPDXID: id, name: text, downloadLocation: text };
const listedPackage = record(
  { ...packageFields, filesAnalyzed: { const: false } },
  {
    versionInfo: text,
    licenseDeclared: text,
    checksums: list(checksum, 1),
    // 7.21, and annex F.3.5 for purl.
    externalRefs: list(
      record({
        referenceCategory: { const: "PACKAGE-MANAGER" },
        referenceType: { const: "purl" },
        referenceLocator: { type: "string", pattern: "^pkg:[a-z]+/[^\\s]+$" },
      }),
      1,
    ),
  },
);
const image = record(
  {
    ...packageFields,
    filesAnalyzed: { const: true },
    // 7.9: there if and only if the files were analysed.
    packageVerificationCode: record({ packageVerificationCodeValue: hex(40) }),
    primaryPackagePurpose: { const: "CONTAINER" },
  },
  { versionInfo: text, licenseDeclared: text },
);

/** 8: the SHA-1 is mandatory, and first. */
const file = record(
  {
    SPDXID: id,
    fileName: { type: "string", pattern: "^\\./[^/]" },
    checksums: {
      type: "array",
      items: [record({ algorithm: { const: "SHA1" }, checksumValue: hex(40) }), checksum],
      minItems: 1,
    },
  },
  { comment: text },
);

/** 11.1: of the types those that we use. */
const relationship = record({
  spdxElementId: id,
  relationshipType: { enum: ["DESCRIBES", "CONTAINS", "GENERATED_FROM"] },
  relatedSpdxElement: id,
});

/** 10.1, 10.2, 10.3: what is on no list of SPDX's. */
const extracted = record({
  licenseId: { type: "string", pattern: "^LicenseRef-[A-Za-z0-9.-]+$" },
  name: text,
  extractedText: text,
});

/** 6: document creation information. */
const always = {
  spdxVersion: { const: "SPDX-2.3" },
  dataLicense: { const: "CC0-1.0" },
  SPDXID: { const: "SPDXRef-DOCUMENT" },
  name: text,
  // 6.5: a URI without a fragment.
  documentNamespace: { type: "string", pattern: "^[a-z][a-z0-9+.-]*:[^#\\s]+$" },
  creationInfo: record({
    // 6.9
    created: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$" },
    // 6.8
    creators: list({ type: "string", pattern: "^(Tool|Organization|Person): .+" }, 1),
  }),
  packages: { type: "array", items: [image], additionalItems: listedPackage, minItems: 1 },
  files: list(file),
  relationships: list(relationship, 1),
};

export const spdxSchema: object = record(always, { hasExtractedLicensingInfos: list(extracted, 1) });
