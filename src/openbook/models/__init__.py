"""Language models, encoders and cross-encoders behind the protocols of ``types``.

settings  which models there are           open     a name -> a model
local     transformers on this machine     server   any OpenAI-compatible server
hosted    other APIs, through litellm      encoders sentence-transformers, the bundled one
adapters  small learnt weights on a model  prompts  prompts as values, Korean and English
"""
