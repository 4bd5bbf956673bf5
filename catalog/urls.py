"""Addresses of catalog on a portal's host."""

from django.urls import path

from catalog import comparison_views, views, wish_views

app_name = "catalog"
urlpatterns = [
    path("categories/<slug:slug>/", views.category_show, name="category_show"),
    path("products/<int:pk>/<slug:slug>/", views.product_show, name="product_show"),
    path("search/", views.search_show, name="search"),
    path("compare/", comparison_views.comparison, name="comparison"),
    path("compare/removal/", comparison_views.comparison_remove, name="comparison_remove"),
    path("wishes/", wish_views.wish_list, name="wish_list"),
    path("wishes/<int:pk>/removal/", wish_views.wish_remove, name="wish_remove"),
    path("pictures/<path:name>", views.picture, name="picture"),
]
