#!/usr/bin/env python3
"""Derive an address, seal a note, store the secret in the keyring."""
import argparse
import base64

import keyring
import pyotp
import qrcode
import argon2
import nacl.secret
import nacl.utils
import gnupg
import ecdsa
import base58
from Crypto.Hash import RIPEMD160, SHA256
from eth_account import Account
from web3 import Web3
from passlib.hash import bcrypt
from jose import jwt
from itsdangerous import URLSafeTimedSerializer


def seal(text: str, key: bytes) -> bytes:
    return nacl.secret.SecretBox(key).encrypt(text.encode())


def address(public: bytes) -> str:
    digest = RIPEMD160.new(SHA256.new(public).digest()).digest()
    return base58.b58encode_check(b"\x00" + digest).decode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", default="me")
    args = parser.parse_args()
    key = nacl.utils.random(32)
    keyring.set_password("notes", args.user, base64.b64encode(key).decode())
    account = Account.create()
    print(Web3.to_checksum_address(account.address))
    print(address(ecdsa.SigningKey.generate(curve=ecdsa.SECP256k1).verifying_key.to_string()))
    print(bcrypt.hash("x"), argon2.PasswordHasher().hash("x"))
    print(jwt.encode({"sub": args.user}, "secret", algorithm="HS256"))
    print(URLSafeTimedSerializer("k").dumps([1]))
    print(gnupg.GPG().list_keys())
    qrcode.make(pyotp.TOTP(pyotp.random_base32()).provisioning_uri(args.user)).save("otp.png")
