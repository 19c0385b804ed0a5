-- title: deleting a folder deletes files of the same tenant
-- kind: safe
-- logins: dms
-- proof: role=dms
create role dms_owner nologin;
create role dms login;
create schema dms authorization dms_owner;
grant usage on schema dms to dms;
set role dms_owner;
create table dms.folder (
  id uuid not null default gen_random_uuid(),
  mandant_id int not null,
  name text not null,
  primary key (mandant_id, id)
);
create table dms.file (
  mandant_id int not null,
  id uuid not null default gen_random_uuid(),
  folder_id uuid not null,
  name text not null,
  primary key (mandant_id, id),
  foreign key (mandant_id, folder_id) references dms.folder (mandant_id, id) on delete cascade
);
create index on dms.file (mandant_id, folder_id);
alter table dms.folder enable row level security;
alter table dms.folder force row level security;
alter table dms.file enable row level security;
alter table dms.file force row level security;
create policy mandant on dms.folder using (mandant_id = (select nullif(current_setting('dms.mandant', true), '')::int));
create policy mandant on dms.file using (mandant_id = (select nullif(current_setting('dms.mandant', true), '')::int));
grant select, insert, update, delete on dms.folder, dms.file to dms;
reset role;

-- @data
insert into dms.folder values ('bbbbbbbb-0000-4000-8000-000000000002', 2, 'f');
insert into dms.folder values ('aaaaaaaa-0000-4000-8000-000000000001', 1, 'f');
insert into dms.file (mandant_id, folder_id, name) values (1, 'aaaaaaaa-0000-4000-8000-000000000001', 'of one');
-- @exploit
select set_config('dms.mandant', '2', true);
delete from dms.folder;
-- @exploit role=superuser
select 1 where not exists (select from dms.file where mandant_id = 1);
