#![no_std]
#![cfg_attr(not(test), no_main)]

pub struct Web;

mirage_rt::image!(Web);
//~               ^^^ E0277
