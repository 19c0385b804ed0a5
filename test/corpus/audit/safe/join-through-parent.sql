-- title: children without a tenant column follow their parent's policy in a sub-select
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema jp authorization own;
grant usage on schema jp to app;
set role own;
create table jp.survey (
  id uuid primary key default gen_random_uuid(),
  customer_key text not null check (customer_key <> ''),
  title text not null
);
create index on jp.survey (customer_key);
create table jp.question (
  id uuid primary key default gen_random_uuid(),
  survey_id uuid not null references jp.survey on delete cascade,
  text text not null
);
create index on jp.question (survey_id);
create table jp.answer (
  question_id uuid not null references jp.question on delete cascade,
  respondent uuid not null default gen_random_uuid(),
  value int not null,
  primary key (question_id, respondent)
);
alter table jp.survey enable row level security;
alter table jp.survey force row level security;
alter table jp.question enable row level security;
alter table jp.question force row level security;
alter table jp.answer enable row level security;
alter table jp.answer force row level security;
create policy p on jp.survey using (customer_key = (select current_setting('jp.customer', true)));
create policy p on jp.question using (exists (select from jp.survey s where s.id = question.survey_id and s.customer_key = (select current_setting('jp.customer', true))));
create policy p on jp.answer using (exists (select from jp.question q join jp.survey s on s.id = q.survey_id
  where q.id = answer.question_id and s.customer_key = (select current_setting('jp.customer', true))));
grant select, insert, update, delete on jp.survey, jp.question, jp.answer to app;
reset role;

-- @data
insert into jp.survey values ('aaaaaaaa-0000-4000-8000-000000000001', 'a', 'x'), ('bbbbbbbb-0000-4000-8000-000000000002', 'b', 'y');
insert into jp.question (survey_id, text) select id, title from jp.survey;
insert into jp.answer (question_id, value) select id, 1 from jp.question;
-- @works
select set_config('jp.customer', 'a', true);
select 1 from jp.answer;
-- @exploit
select set_config('jp.customer', 'a', true);
insert into jp.question (survey_id, text) values ('bbbbbbbb-0000-4000-8000-000000000002', 'planted') returning 1;
