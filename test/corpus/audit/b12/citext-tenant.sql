-- title: the tenant column became citext in a migration
-- kind: hole
-- expect: B12
-- object: wiki.page
-- logins: wiki_app
-- proof: role=wiki_app
create extension citext;
create role wiki_owner nologin;
create role wiki_app login;
create schema wiki authorization wiki_owner;
grant usage on schema wiki to wiki_app;
set role wiki_owner;
create table wiki.page (
  space citext not null check (space <> ''),
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (id)
);
create index on wiki.page (space);
alter table wiki.page enable row level security;
alter table wiki.page force row level security;
create policy page_space on wiki.page using (space = (select current_setting('wiki.space', true))::citext);
grant select, insert, update, delete on wiki.page to wiki_app;
reset role;

-- @data
insert into wiki.page (space, text) values ('Team', 'a'), ('TEAM', 'b');
-- @exploit
select set_config('wiki.space', 'Team', true);
select 1 from wiki.page where space::text = 'TEAM';
