-- title: posts may be inserted by their author into the own community
-- kind: safe
-- logins: forum_api
-- proof: role=forum_api
create role forum_owner nologin;
create role forum_api login;
create schema forum authorization forum_owner;
grant usage on schema forum to forum_api;
set role forum_owner;
create table forum.post (
  community_id int not null,
  id uuid not null default gen_random_uuid(),
  author_id int not null,
  body text not null,
  primary key (community_id, id)
);
alter table forum.post enable row level security;
alter table forum.post force row level security;
create policy post_select on forum.post for select using (community_id = (select nullif(current_setting('forum.community', true), '')::int));
create policy post_insert on forum.post for insert with check (community_id = (select nullif(current_setting('forum.community', true), '')::int) and author_id = (select nullif(current_setting('forum.user', true), '')::int));
create policy post_update on forum.post for update
  using (community_id = (select nullif(current_setting('forum.community', true), '')::int) and author_id = (select nullif(current_setting('forum.user', true), '')::int));
grant select, insert, update on forum.post to forum_api;
reset role;

-- @data
insert into forum.post (community_id, author_id, body) values (1, 11, 'a'), (2, 22, 'b');
-- @exploit
select set_config('forum.community', '1', true), set_config('forum.user', '11', true);
insert into forum.post (community_id, author_id, body) values (2, 11, 'planted');
-- @exploit role=superuser
select 1 from forum.post where community_id = 2 and body = 'planted';
