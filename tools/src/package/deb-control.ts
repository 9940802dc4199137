// What a Debian package says of itself. Pure. Called by build-deb.ts.

export type PackageFacts = {
  readonly version: string;
  /** `process.arch` of the machine that the package is built on. */
  readonly arch: string;
  readonly installedKiB: number;
};

/** Node's and Debian's names of what a package can be built for. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Throws a sentence for a machine that there is no package for. */
export function debianArchitecture(arch: string): string {
  const name = ARCHITECTURES[arch];
  if (name === undefined)
    throw new Error(
      `There is no package for the processor "${arch}"; known are ${Object.keys(ARCHITECTURES).join(' and ')}.`,
    );
  return name;
}

/** A release as Debian orders it: `1.2.0-rc.1` comes before `1.2.0`. */
export function debianVersion(version: string): string {
  return version.replace('-', '~');
}

export function renderControl(facts: PackageFacts): string {
  return `Package: nezuban
Version: ${debianVersion(facts.version)}
Architecture: ${debianArchitecture(facts.arch)}
Maintainer: Nezuban developers <nezuban@invalid.invalid>
Installed-Size: ${facts.installedKiB}
Depends: libc6 (>= 2.34), libstdc++6, passwd, perl-base, util-linux
Recommends: ca-certificates, iproute2, tzdata
Section: admin
Priority: optional
Description: integrated operations management for systems that may not stop
 Nezuban runs business job nets on managed hosts, watches them, keeps every
 event and tells the people who must know. Two servers make it highly
 available by themselves. This package holds manager, agent, witness and the
 command line; nothing is started before it has been told where to listen.
`;
}
