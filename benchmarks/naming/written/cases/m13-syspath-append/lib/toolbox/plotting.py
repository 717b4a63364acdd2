import plotly.express as px
