-- title: a PostgREST service whose anonymous role reads all subscribers, meant for the confirmation page
-- kind: hole
-- expect: B01|B03
-- object: crm.subscriber
-- logins: authenticator
-- proof: role=authenticator
create role web_anon nologin;
create role web_brand nologin;
create role authenticator login noinherit;
grant web_anon, web_brand to authenticator;
create role crm_owner nologin;
create schema crm authorization crm_owner;
grant usage on schema crm to web_anon, web_brand;
set role crm_owner;
create function crm.brand() returns uuid language sql stable set search_path = pg_catalog
  as $$ select (coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::json ->> 'brand')::uuid $$;
create table crm.campaign (
  brand_id uuid not null,
  id uuid not null default gen_random_uuid(),
  subject text not null,
  primary key (brand_id, id)
);
create table crm.subscriber (
  brand_id uuid not null,
  email text not null,
  confirmed boolean not null default false,
  primary key (brand_id, email)
);
create table crm.delivery (
  brand_id uuid not null,
  campaign_id uuid not null,
  email text not null,
  opened_at timestamptz,
  primary key (brand_id, campaign_id, email),
  foreign key (brand_id, campaign_id) references crm.campaign,
  foreign key (brand_id, email) references crm.subscriber on delete cascade
);
create index on crm.delivery (brand_id, email);
alter table crm.campaign enable row level security;
alter table crm.campaign force row level security;
alter table crm.subscriber enable row level security;
alter table crm.subscriber force row level security;
alter table crm.delivery enable row level security;
alter table crm.delivery force row level security;
create policy brand on crm.campaign to web_brand using (brand_id = (select crm.brand()));
create policy brand on crm.subscriber to web_brand using (brand_id = (select crm.brand()));
create policy brand on crm.delivery to web_brand using (brand_id = (select crm.brand()));
create policy confirmation_page on crm.subscriber for select to web_anon using (not confirmed or confirmed);
grant select, insert, update, delete on crm.campaign, crm.subscriber, crm.delivery to web_brand;
grant select on crm.subscriber to web_anon;
reset role;

-- @data
insert into crm.subscriber values ('aaaaaaaa-0000-4000-8000-000000000001', 'a@a.example'), ('bbbbbbbb-0000-4000-8000-000000000002', 'b@b.example');
-- @exploit
set local role web_anon;
select email from crm.subscriber where brand_id = 'bbbbbbbb-0000-4000-8000-000000000002';
