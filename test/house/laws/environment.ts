/**
 * What may come in from the machine: who reads the environment, which packages are installed, and
 * from where.
 */
import ts from 'typescript-parser'
import { codeIn, findingsOf, isMember, literalText, memberName, specifierOf } from '../syntax.ts'
import { isInside, lineAt, matches, productFolders, type Finding, type Tree } from '../tree.ts'

/** The names that the services' process is handed. */
const handedOn = new Set(['PATH', 'TMPDIR'])
const bareUrl = 'DATABASE' + '_URL'

// Joined here, for this file is a committed text itself.
const registries = [
  'registry npmjs org',
  'registry yarnpkg com',
  'npm pkg github com',
  'registry npmmirror com',
  'npm jsr io',
  'pypi org',
  'files pythonhosted org',
  'crates io',
  'proxy golang org',
  'rubygems org',
  'repo1 maven org',
  'repo maven apache org',
]
const registryHost = new RegExp(
  `(?:${registries.map((host) => host.split(' ').join('\\.')).join('|')}` +
    '|\\b[a-z0-9.-]*(?:artifactory|verdaccio|jfrog|nexus)[a-z0-9-]*\\.[a-z][a-z0-9.-]*|_auth(?=Token)|^registry ' +
    '?= ?http\\S*)',
  'gim',
)
const exactVersion = /^(?:npm:(?:@[^@]+|[^@]+)@)?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/

/**
 * Reads of process.env. bin/tenantbench.js hands it to harness/cli; the services hand PATH and
 * TMPDIR to their process.
 */
export function environmentReads(tree: Tree): Finding[] {
  const files = codeIn(tree, productFolders).filter(
    ({ path }) => !isInside(path, 'harness/cli') && path !== 'bin/tenantbench.js',
  )
  return files.flatMap((code) =>
    findingsOf(code, (node) => {
      if (isMember(node, 'process', 'env'))
        return code.path === 'harness/services/services.ts' &&
          handedOn.has(memberName(node.parent) ?? '')
          ? null
          : 'process.env: take it as a parameter; harness/cli reads it'
      if (
        ts.isBindingElement(node) &&
        (node.propertyName ?? node.name).getText(code.source) === 'env' &&
        isOfProcess(node)
      )
        return 'process.env: take it as a parameter; harness/cli reads it'
      const isProcessImport =
        ts.isImportSpecifier(node) &&
        (node.propertyName ?? node.name).text === 'env' &&
        specifierOf(node.parent.parent.parent)?.replace(/^node:/, '') === 'process'
      return isProcessImport
        ? 'env of node:process: take it as a parameter; harness/cli reads it'
        : null
    }),
  )
}

function isOfProcess(node: ts.BindingElement): boolean {
  const declaration = node.parent.parent
  return (
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer !== undefined &&
    declaration.initializer.getText() === 'process'
  )
}

/** Reads of the bare variable. A test may set it, to prove that nothing reads it. */
export function bareDatabaseUrl(tree: Tree): Finding[] {
  return codeIn(tree, [...productFolders, 'test']).flatMap((code) =>
    findingsOf(code, (node) => {
      const isRead =
        memberName(node) === bareUrl ||
        (ts.isBindingElement(node) &&
          (node.propertyName ?? node.name).getText(code.source) === bareUrl)
      const isNamed =
        literalText(node) === bareUrl &&
        !isInside(code.path, 'test') &&
        !ts.isElementAccessExpression(node.parent)
      return isRead || isNamed
        ? `${bareUrl} without our prefix: its presence must choose no database`
        : null
    }),
  )
}

/** Where this machine installs from is no business of the repository. */
export function registryNames(tree: Tree): Finding[] {
  const hosts = [...tree].flatMap(([path, text]) =>
    matches(path, text, registryHost, (found) => `${found}: names a package registry`),
  )
  const resolved = [...tree]
    .filter(([path]) => path.endsWith('package-lock.json'))
    .flatMap(([path, text]) =>
      matches(
        path,
        text,
        /"resolved":/g,
        () => '"resolved": write the lock file with omit-lockfile-registry-resolved',
      ),
    )
  return [...hosts, ...resolved]
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly allowScripts?: Readonly<Record<string, boolean>>
}

/** Versions are exact, and install scripts run for named packages only. */
export function pinnedPackages(tree: Tree): Finding[] {
  const file = 'package.json'
  const text = tree.get(file) ?? '{}'
  const manifest = JSON.parse(text) as Manifest
  const wanted = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  }
  const at = (name: string): number => lineAt(text, Math.max(0, text.indexOf(`"${name}":`)))
  const loose = Object.entries(wanted).filter(([, version]) => !exactVersion.test(version))
  const unknown = Object.keys(manifest.allowScripts ?? {}).filter(
    (name) => wanted[name] === undefined,
  )
  return [
    ...loose.map(([name, version]) => ({
      file,
      line: at(name),
      what: `${name} ${version}: name one exact version`,
    })),
    ...(manifest.allowScripts === undefined
      ? [
          {
            file,
            line: 1,
            what: 'allowScripts is missing: name the packages whose install scripts may run',
          },
        ]
      : []),
    ...unknown.map((name) => ({
      file,
      line: lineAt(text, text.lastIndexOf(`"${name}":`)),
      what: `allowScripts names ${name}, which is no dependency`,
    })),
  ]
}
