"""Addresses of orders on a portal's host."""

from django.urls import path

from orders import address_views, giving_back_views, help_views, payment_views, question_views, views

app_name = "orders"
urlpatterns = [
    path("cart/", views.cart_show, name="cart_show"),
    path("cart/lines/", views.cart_add, name="cart_add"),
    path("cart/lines/<int:pk>/", views.cart_update, name="cart_update"),
    path("checkout/", views.checkout, name="checkout"),
    path("addresses/", address_views.address_list, name="address_list"),
    path("addresses/new/", address_views.address_add, name="address_add"),
    path("addresses/<int:pk>/", address_views.address_change, name="address_change"),
    path("addresses/<int:pk>/preference/", address_views.address_prefer, name="address_prefer"),
    path("addresses/<int:pk>/removal/", address_views.address_remove, name="address_remove"),
    path("orders/", views.order_list, name="order_list"),
    path("orders/<slug:number>/", views.order_show, name="order_show"),
    path("orders/<slug:number>/receipt.pdf", views.receipt_download, name="receipt_download"),
    path("orders/<slug:number>/withdrawal/", giving_back_views.withdrawal_start, name="withdrawal_start"),
    path("orders/<slug:number>/withdrawal/confirm/", giving_back_views.withdrawal_confirm, name="withdrawal_confirm"),
    path("orders/<slug:number>/cancel/", giving_back_views.order_cancel, name="order_cancel"),
    path("orders/<slug:number>/payment/", payment_views.payment_start, name="payment_start"),
    path("orders/<slug:number>/return/", payment_views.payment_return, name="payment_return"),
    path("help/", help_views.help_show, name="help_show"),
    path("help/terms/", help_views.terms_show, name="terms_show"),
    path("help/accessibility/", help_views.accessibility_show, name="accessibility_show"),
    path("help/employer/", help_views.employer_show, name="employer_show"),
    path("help/data.json", help_views.own_data_json, name="own_data_json"),
    path("help/data.zip", help_views.own_data_csv, name="own_data_csv"),
    path("help/questions/", question_views.question_list, name="question_list"),
    path("help/questions/<int:pk>/", question_views.question_show, name="question_show"),
    path("payments/<slug:name>/webhook/", payment_views.payment_webhook, name="payment_webhook"),
    path("payments/demo/<slug:provider_id>/", payment_views.demo_payment, name="demo_payment"),
]
