import os
from langchain_openai import ChatOpenAI
from langchain_community.vectorstores import FAISS
from langchain_community.document_loaders import PyPDFLoader
from langchain.text_splitter import RecursiveCharacterTextSplitter
from langgraph.graph import StateGraph
from llama_index.core import VectorStoreIndex, SimpleDirectoryReader
from llama_index.llms.ollama import Ollama
import chromadb
import faiss
import tiktoken
import ollama
import gradio as gr
import streamlit as st
from sentence_transformers import SentenceTransformer
from huggingface_hub import hf_hub_download
from pinecone import Pinecone
from qdrant_client import QdrantClient
import weaviate
from crewai import Agent
from mcp.server.fastmcp import FastMCP
import instructor
import litellm
from unstructured.partition.auto import partition
from docling.document_converter import DocumentConverter
from elevenlabs.client import ElevenLabs
from groq import Groq
from mistralai import Mistral
import cohere
import replicate
import dspy
import bs4

loader = PyPDFLoader("a.pdf")
docs = loader.load()
store = FAISS.from_documents(docs, None)
