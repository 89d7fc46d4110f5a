package api

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"switchyard/actors/routing"
)

// Password hashes are PBKDF2-HMAC-SHA256, written pbkdf2-sha256$<iterations>$<salt>$<hash> in base64. The number of
// iterations is that of OWASP's Password Storage Cheat Sheet (2023).
const (
	hashScheme         = "pbkdf2-sha256"
	passwordIterations = 600_000
	passwordMost       = 10_000_000 // iterations that are still worked through
	passwordBytes      = 1024       // the longest password that is looked at
)

// HashPassword makes the text that a configuration keeps of a password.
func HashPassword(password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	return hashPassword(password, salt, passwordIterations)
}

func hashPassword(password string, salt []byte, iterations int) (string, error) {
	if password == "" || len(password) > passwordBytes {
		return "", fmt.Errorf("a password needs 1 to %d bytes", passwordBytes)
	}
	key, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d$%s$%s", hashScheme, iterations, encode(salt), encode(key)), nil
}

// checkPasswords refuses what is no hash: nobody could sign in with it, and it may be the password itself.
func checkPasswords(t routing.Tenant) []routing.Problem {
	var problems []routing.Problem
	check := func(list string, i int, hash string) {
		if _, _, _, ok := parseHash(hash); hash != "" && !ok {
			problems = append(problems, routing.Problem{
				Path:    fmt.Sprintf("%s[%d].password", list, i),
				Message: "this is no hash of a password; write the line that `switchyard config password` prints, and never the password itself",
			})
		}
	}
	for i, a := range t.Agents {
		check("agents", i, a.Password)
	}
	for i, s := range t.Supervisors {
		check("supervisors", i, s.Password)
	}
	for i, s := range t.Admins {
		check("admins", i, s.Password)
	}
	return problems
}

// checkPassword compares a password with what the configuration keeps. Where that is nothing, or nothing that can be read,
// it takes as long as ever and says no.
func checkPassword(hash, password string) bool {
	iterations, salt, want, ok := parseHash(hash)
	if !ok {
		iterations, salt, want = passwordIterations, make([]byte, 16), make([]byte, sha256.Size)
	}
	key, err := pbkdf2.Key(sha256.New, password, salt, iterations, len(want))
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1 && ok
}

func parseHash(hash string) (iterations int, salt, key []byte, ok bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 4 || parts[0] != hashScheme {
		return 0, nil, nil, false
	}
	iterations, err := strconv.Atoi(parts[1])
	if err != nil || iterations < 1 || iterations > passwordMost {
		return 0, nil, nil, false
	}
	salt, saltErr := base64.StdEncoding.DecodeString(parts[2])
	key, keyErr := base64.StdEncoding.DecodeString(parts[3])
	return iterations, salt, key, saltErr == nil && keyErr == nil && len(key) == sha256.Size
}
