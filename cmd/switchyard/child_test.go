package main
func forgetProgram() {}
