-- title: the table of team members may be changed by everybody, and files follow it
-- kind: hole
-- expect: B20|A01
-- also: A01
-- object: drive.team_member
-- logins: drive_app
-- proof: role=drive_app
create role drive_owner nologin;
create role drive_app login;
create schema drive authorization drive_owner;
grant usage on schema drive to drive_app;
set role drive_owner;
create table drive.team_member (
  team int not null,
  person int not null,
  primary key (team, person)
);
create index on drive.team_member (person);
create table drive.file (
  team int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (team, id)
);
alter table drive.file enable row level security;
alter table drive.file force row level security;
create policy file_team on drive.file
  using (team in (select m.team from drive.team_member m where m.person = (select nullif(current_setting('drive.person', true), '')::int)));
grant select, update on drive.team_member to public;
grant select, insert, update, delete on drive.file to drive_app;
reset role;

-- @data
insert into drive.team_member values (1, 11), (2, 22);
insert into drive.file (team, name) values (2, 'b.txt');
-- @exploit
select set_config('drive.person', '11', true);
update drive.team_member set team = 2 where person = 11;
select name from drive.file;
