/**
 * Errors by which PostgreSQL says that code tried to leave its session: to be another role, to run
 * a program, to reach files or other servers. Such a refusal says nothing about tenants, so the
 * object that met with it is not judged by it.
 */

const refusals: readonly RegExp[] = [
  /^permission denied to (set|create|alter|grant|drop|COPY|reassign|terminate|cancel|examine|execute|load)\b/i,
  /^permission denied for (language|foreign-data wrapper|foreign server|parameter|tablespace|database) /,
  /^permission denied for function (lo_|pg_|dblink)/,
  /^must be (superuser|a superuser|(a )?member of|able to SET ROLE)/i,
  /\bcannot set parameter "(session_authorization|role)"/,
  /^access to library .* is not allowed/,
]
const unknown: readonly RegExp[] = [
  /^role ".*" does not exist/,
  /^(could not open|extension ".*" is not available)/,
  /^could not (access|load) /,
]

/** Whether an error, by its state and message, is such a refusal. */
export function stepsOut(state: string, message: string): boolean {
  if (/^(42501|55P02|0LP01|28000)$/.test(state) && refusals.some((each) => each.test(message)))
    return true
  return (
    /^(22023|42704|58P01|0A000|22000)$/.test(state) && unknown.some((each) => each.test(message))
  )
}
