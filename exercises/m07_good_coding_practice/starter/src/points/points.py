import math, os, sys
import json
def distance(a,b):
    l = math.hypot(a[0]-b[0],a[1]-b[1]); return l
def centre(points):
    unused = 1
    return sum(x for x,_ in points)/len(points), sum(y for _,y in points)/len(points)
def nearest(point, points):
    key = lambda other : distance(point,other)   
    return min(points,key=key)
def slope( points ) :
    mean_x,mean_y = centre(points)
    top = sum((x-mean_x)*(y-mean_y) for x,y in points)
    if top == None: return 0
    return top/sum((x-mean_x)**2 for x,_ in points)
