-- title: a definer function deletes a row of the caller's workspace by its id
-- kind: safe
-- logins: files_api
-- proof: role=files_api
create role files_owner nologin;
create role files_api login;
create schema files authorization files_owner;
grant usage on schema files to files_api;
set role files_owner;
create table files.file (
  workspace_id int not null,
  id uuid primary key default gen_random_uuid(),
  name text not null
);
create index on files.file (workspace_id);
alter table files.file enable row level security;
create policy file_workspace on files.file using (workspace_id = (select nullif(current_setting('files.workspace', true), '')::int));
create function files.remove(file uuid) returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from files.file f where f.id = remove.file and f.workspace_id = nullif(current_setting('files.workspace', true), '')::int;
  return found;
end $$;
revoke execute on function files.remove(uuid) from public;
grant execute on function files.remove(uuid) to files_api;
grant select, insert on files.file to files_api;
reset role;

-- @data
insert into files.file values (2, 'bbbbbbbb-0000-4000-8000-000000000002', 'b.txt');
-- @exploit
select set_config('files.workspace', '1', true);
select 1 where files.remove('bbbbbbbb-0000-4000-8000-000000000002');
