//! The image of `db`.
#![no_std]
#![cfg_attr(not(test), no_main)]

mirage_rt::image!(shop::db::main);
