//! Levers: what each may do, does and may not do, alone and together.

#[path = "../common/mod.rs"]
mod common;

mod accounts_of_levers;
mod forced_tenders;
mod lever_contract;
mod levers_bad_input;
mod levers_by_hand;
mod levers_demand;
mod levers_edges;
mod levers_money;
mod levers_politics;
mod levers_supply;
mod levers_together;
mod levers_waiting;
mod policy_scenarios;
mod procurement_ban;
