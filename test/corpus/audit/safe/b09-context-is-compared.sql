-- title: the policy asks which workspace is set
-- kind: safe
-- logins: media
-- proof: role=media
create role media_owner nologin;
create role media login;
create schema media authorization media_owner;
set role media_owner;
create table media.asset (
  workspace_id uuid not null,
  id uuid not null default gen_random_uuid(),
  url text not null,
  primary key (workspace_id, id)
);
alter table media.asset enable row level security;
alter table media.asset force row level security;
create policy asset_read on media.asset for select using (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
create policy asset_write on media.asset for insert with check (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
grant usage on schema media to media;
grant select, insert on media.asset to media;
reset role;

-- @data
insert into media.asset (workspace_id, url) values ('aaaaaaaa-0000-4000-8000-000000000001', 'a'), ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
select set_config('app.workspace_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select url from media.asset where workspace_id <> 'aaaaaaaa-0000-4000-8000-000000000001';
